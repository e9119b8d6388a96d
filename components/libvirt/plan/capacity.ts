import { cidrsOverlap, parseCidr, type Cidr } from "../../experiment/cidr.ts";
import type { Problem } from "../../experiment/problem.ts";
import { tierNames } from "../../experiment/tier.ts";
import type { NetworkPlan, Plan } from "../../plan/types.ts";
import { limitProblems, type HostLimits } from "./limits.ts";

/** What a host has for a testbed. */
export interface HostFacts {
  /** Memory that the testbed's machines may fill, all together. */
  memoryMiB: number;
  cores: number;
  /** Destinations in the host's routing table ("10.0.0.0/8", "10.1.2.3"), without the testbed's own and the default route. */
  routes: readonly string[];
  limits: HostLimits;
}

/** What QEMU takes beside a guest's memory: eight machines of 512 MiB took 4.7 GiB of a host, 90 MiB each more. */
export const overheadMiB = 90;

/** What keeps a plan from running on a host, before anything is started. */
export function checkCapacity(plan: Plan, host: HostFacts): Problem[] {
  return [
    ...memory(plan, host),
    ...cores(plan, host),
    ...limitProblems(plan.machines, host.limits),
    ...routeProblems(plan.network, host.routes),
  ];
}

function memory({ machines }: Plan, host: HostFacts): Problem[] {
  const needed = machines.reduce((sum, machine) => sum + machine.memoryMiB + overheadMiB, 0);
  if (needed <= host.memoryMiB) return [];
  const reason = `${machines.length} machines need ${needed} MiB (with ${overheadMiB} MiB each for QEMU), the host has ${host.memoryMiB} MiB`;
  return [{ severity: "error", path: "tiers", reason, fix: "use fewer or smaller machines (count, memory)" }];
}

/** Machines share cores by turns, but a machine with more cores than the host has measures the host's scheduler. */
function cores({ machines }: Plan, host: HostFacts): Problem[] {
  return tierNames.flatMap((tier): Problem[] => {
    const cpus = machines.find((machine) => machine.tier === tier)?.cpus ?? 0;
    if (cpus <= host.cores) return [];
    const reason = `a machine of ${cpus} cores on a host of ${host.cores} waits for itself`;
    return [{ severity: "warning", path: `tiers.${tier}.cpus`, reason, fix: `use at most ${host.cores}` }];
  });
}

/**
 * Routes that lead elsewhere with addresses of the testbed's. A part of the testbed's range would not reach it; of a network
 * that the range is a part of, this part could not be reached any more, the host's own neighbours perhaps among it.
 *
 * @param name of the host, where there are several.
 */
export function routeProblems(
  { cidr }: Pick<NetworkPlan, "cidr">,
  routes: readonly string[],
  name?: string,
): Problem[] {
  const taken = routes.flatMap((route) => {
    const range = parseCidr(route.includes("/") ? route : `${route}/32`);
    return range === undefined || isDefault(range) ? [] : [{ route, range }];
  });
  const fix = freeRange(taken.map(({ range }) => range));
  return taken
    .filter(({ range }) => overlap(cidr, range))
    .map(({ route }) => {
      const host = name === undefined ? "the host" : `host ${name}`;
      const reason = `the testbed's addresses ${cidr} overlap ${route}, to which ${host} has a route`;
      return { severity: "error", path: "provider.network", reason, fix };
    });
}

/**
 * "All the rest" in whatever pieces: VPNs lay 0.0.0.0/1 and 128.0.0.0/1 over the default route. A range that is larger than
 * the largest of private ones, 10.0.0.0/8 (RFC 1918), is nobody's network; the testbed's own route is narrower, and wins.
 */
const isDefault = ({ prefix }: Cidr): boolean => prefix < 8;

function freeRange(taken: readonly Cidr[]): string {
  const tens = Array.from({ length: 256 }, (_, i) => `10.${(200 + i) % 256}.0.0/16`);
  const others = Array.from({ length: 16 }, (_, i) => `172.${31 - i}.0.0/16`);
  const free = [...tens, ...others, "192.168.0.0/16"].find((range) => !taken.some((other) => overlap(range, other)));
  if (free === undefined) return "take one of its routes away (a VPN's, perhaps): no private range is free";
  return `choose another range, for example network: "${free}"`;
}

function overlap(cidr: string, other: Cidr): boolean {
  const own = parseCidr(cidr);
  return own !== undefined && cidrsOverlap(own, other);
}
