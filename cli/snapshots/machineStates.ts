import type { MachineStates, MachineStatesModule, StateResource } from "../../components/contract/snapshots.ts";
import type { InfrastructureKind, CommonProviderSpec } from "../../components/experiment/infrastructure.ts";
import * as infrastructureKinds from "../../components/experiment/whole/infrastructureKinds.ts";
import { pulumiOutput } from "../pulumi/run.ts";
import { UserError } from "../terminal/userError.ts";
import { resourcesIn } from "./stateResources.ts";

/** A stack's machines, by its state in the engine. */
export interface StackMachines {
  states: MachineStates;
  resources: StateResource[];
}

/**
 * @param infrastructure kind that the machines are on. @throws UserError where that can't save machines.
 */
export async function machinesOf(stack: string, infrastructure: string, signal: AbortSignal): Promise<StackMachines> {
  const kinds: Partial<Record<string, InfrastructureKind<CommonProviderSpec>>> = { ...(infrastructureKinds as object) };
  const load = kinds[infrastructure]?.snapshots;
  if (load === undefined) throw new UserError(`machines of ${infrastructure} can't be saved with their memory`);
  const module = (await load()) as MachineStatesModule;
  // In this process's memory alone.
  const resources = resourcesIn(await pulumiOutput(["stack", "export", "--stack", stack, "--show-secrets"]));
  return { states: module.open(resources, signal), resources };
}
