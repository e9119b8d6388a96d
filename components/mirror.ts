import type * as pulumi from "@pulumi/pulumi";
import { Mirror, Tunnel } from "@strata/resources";
import type { InfrastructureProvider, MachineResource } from "./infrastructure.ts";
import { kindOf } from "./kinds/index.ts";
import { mirrorPort } from "./plan/whole/mirror.ts";
import type { MachinePlan, Plan, SoftwarePlan } from "./plan/types.ts";

/** Registers what a machine fetches its software through, and returns what that software comes after. */
export type ArtifactSource = (
  plan: MachinePlan,
  found: MachineResource,
  opts: { parent: pulumi.Resource },
) => pulumi.Resource[];

/** Whether a software takes something from the mirror. */
export const takesArtifacts = ({ kind }: SoftwarePlan): boolean => kindOf(kind).artifacts !== undefined;

/**
 * Opens the artifact mirror to the testbed's machines, where software takes something from it: at their network's address
 * of this host and nowhere else, or, where this host is not in it, by a tunnel to each machine with such software.
 */
export function openMirror(
  { name: stack, network, software }: Plan,
  infrastructure: InfrastructureProvider,
  opts: { parent: pulumi.Resource },
): ArtifactSource {
  const taking = software.filter(takesArtifacts);
  if (taking.length === 0) return () => [];
  const { namespace, artifacts } = infrastructure.facts;
  if (artifacts === "network") {
    const where = { namespace, address: network.hostAddress, port: mirrorPort };
    const mirror = new Mirror("mirror", { stack, ...where }, { ...opts, dependsOn: infrastructure.network });
    return () => [mirror];
  }
  const mirror = new Mirror("mirror", { stack }, opts);
  const takers = new Set(taking.flatMap(({ machines }) => machines));
  return ({ name: machine, address }, { machine: { id: machineId }, ready }, parent) => {
    if (!takers.has(machine)) return [];
    const tunnel = { stack, machine, address, port: mirrorPort, machineId };
    // Its process is this host's: it has to be ended also where the machine goes first.
    return [new Tunnel(`${machine}-mirror`, tunnel, { ...parent, dependsOn: [mirror, ready] })];
  };
}
