import { deployedKindOf, isDeployed, kindOf } from "../../kinds/index.ts";
import type { MachinePlace, RolePlan, Surroundings } from "../../kinds/kind.ts";
import type { TestbedSpec } from "../../experiment/whole/testbed.ts";
import { tierNames } from "../../experiment/tier.ts";
import { machineAddress } from "../addressing.ts";
import { mirrorUrl } from "./mirror.ts";
import { machineName } from "../naming.ts";
import type { Deployments, NetworkPlan, Plan, SoftwarePlan } from "../types.ts";

/** What kinds of software may know of a testbed. */
export function surroundings({ tiers, provider }: TestbedSpec, network: NetworkPlan): Surroundings {
  return {
    tiers,
    machineName,
    machineAddress: (tier, index) => machineAddress(network.cidr, tier, index),
    hostAddress: network.hostAddress,
    mirror: mirrorUrl(provider, network),
  };
}

/** Roles of the software on a machine, in the order they run. */
export function softwareRoles(software: TestbedSpec["software"], at: MachinePlace, testbed: Surroundings): RolePlan[] {
  // What has resources of its own comes first: they wait for it, and nothing waits for the rest.
  const [deployed, others] = [
    software.filter(({ kind }) => isDeployed(kind)),
    software.filter(({ kind }) => !isDeployed(kind)),
  ];
  return [...deployed, ...others].flatMap((entry) => kindOf(entry.kind).roles(entry, at, testbed));
}

/** Which machines each software runs on. */
export function planSoftware({ software, tiers }: TestbedSpec, testbed: Surroundings): SoftwarePlan[] {
  const all = tierNames.flatMap((tier) =>
    Array.from({ length: tiers[tier]?.count ?? 0 }, (_, index): MachinePlace => ({ tier, index })),
  );
  return software.map((entry) => ({
    kind: entry.kind,
    machines: all
      .filter((machine) => kindOf(entry.kind).roles(entry, machine, testbed).length > 0)
      .map(({ tier, index }) => machineName(tier, index)),
  }));
}

/** What the resources of the software are made from. */
export function planDeployments({ software }: TestbedSpec, testbed: Surroundings): Deployments {
  const planned = software.flatMap((entry): [string, unknown][] =>
    isDeployed(entry.kind) ? [[entry.kind, deployedKindOf(entry.kind).deployment(entry, testbed)]] : [],
  );
  return Object.fromEntries(planned);
}

/** Address ranges that the software takes for itself. */
export function takenRanges({ software }: Pick<TestbedSpec, "software">): string[] {
  return software.flatMap((entry) => kindOf(entry.kind).ranges?.(entry) ?? []);
}

/** What the machine image must hold: a benchmark's containers count as software of the kind "workload". */
export function imageSoftware({ software, benchmark }: TestbedSpec): string[] {
  const kinds = software.map(({ kind }): string => kind);
  if (benchmark !== undefined) kinds.push("workload");
  return [...new Set(kinds)].sort();
}

/** Names of the passwords that are made for the software of a testbed. */
export function passwordNames({ software }: Pick<Plan, "software">): string[] {
  return [...new Set(software.flatMap(({ kind }) => kindOf(kind).passwords ?? []))];
}
