import { deployedKindOf, isDeployed, type DeployedKindName } from "../kinds/index.ts";
import type { MachinePlan, Plan, RolePlan } from "./types.ts";

/** One run of the software of each machine, and what is deployed once it is there. */
export interface Stage {
  /** What a machine's run is called. */
  name: "software" | "services";
  /** What a machine gets in it; none: the machine has no run in this stage. */
  roles: (machine: Pick<MachinePlan, "roles">) => RolePlan[];
  /** Kinds of software whose resources come after the stage, in this order, and before the next. */
  deploys: DeployedKindName[];
}

/**
 * In which order machines get their roles. Where software has resources of its own, in two runs: first what these wait for,
 * the rest after them. Side by side they take longer: it is the host's cores that all of it waits for.
 */
export function planStages({ software }: Pick<Plan, "software">): Stage[] {
  const deploys = software.map(({ kind }) => kind).filter(isDeployed);
  if (deploys.length === 0) return [{ name: "software", roles: ({ roles }) => roles, deploys }];
  const awaited = deploys.flatMap((kind) => deployedKindOf(kind).deployedAfter);
  const end = ({ roles }: Pick<MachinePlan, "roles">) => roles.findLastIndex(({ role }) => awaited.includes(role)) + 1;
  return [
    { name: "software", roles: (machine) => machine.roles.slice(0, end(machine)), deploys },
    { name: "services", roles: (machine) => machine.roles.slice(end(machine)), deploys: [] },
  ];
}
