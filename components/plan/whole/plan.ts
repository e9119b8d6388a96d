import { parseMachineName, type AccessRates } from "../../experiment/link.ts";
import { capabilitiesOf } from "../../experiment/whole/provider.ts";
import type { TestbedSpec } from "../../experiment/whole/testbed.ts";
import { tierNames, type TierName, type TierSpec } from "../../experiment/tier.ts";
import { defaultNetwork, machineAddress, planNetwork, tierCidr } from "../addressing.ts";
import { machineName } from "../naming.ts";
import { machineRoles } from "./roles.ts";
import { planLinks, planMachineLinks, planShaping, type Places } from "../shaping.ts";
import { imageSoftware, planDeployments, planSoftware, surroundings, takenRanges } from "./software.ts";
import type { MachinePlan, Plan } from "../types.ts";

/**
 * Computes all that will exist from a spec, the testbed's name and its place. Pure: no clock, no host, no random number; keys
 * are in a fixed order, so equal specs give equal bytes.
 *
 * @param place what its names on hosts end with; empty: of a testbed that was made before they did.
 */
export function planTestbed(name: string, spec: TestbedSpec, place = ""): Plan {
  const network = planNetwork(name, spec.provider.network ?? defaultNetwork(name, takenRanges(spec), place), place);
  const testbed = surroundings(spec, network);
  const present = tierNames.flatMap((tier) => {
    const tierSpec = spec.tiers[tier];
    return tierSpec === undefined || tierSpec.count === 0 ? [] : [{ tier, tierSpec }];
  });
  const tierCidrs = Object.fromEntries(present.map(({ tier }) => [tier, tierCidr(network.cidr, tier)]));
  const counts = Object.fromEntries(tierNames.map((tier) => [tier, spec.tiers[tier]?.count ?? 0])) as Counts;
  const places = { cidrs: tierCidrs, addresses: ownAddresses(network.cidr, spec) };

  return {
    name,
    ...(place === "" ? {} : { place }),
    boot: capabilitiesOf(spec.provider).prepares ? spec.machines.boot : "cold",
    network,
    tierCidrs,
    machines: present.flatMap(({ tier, tierSpec }) =>
      Array.from({ length: tierSpec.count }, (_, index) => ({
        ...machine(network.cidr, tier, tierSpec, index),
        ...shaping({ tier, machine: machineName(tier, index) }, spec, places),
        roles: machineRoles(spec, { tier, index }, testbed),
      })),
    ),
    links: planLinks(spec.links, counts),
    machineLinks: planMachineLinks(spec.links, counts),
    access: planAccess(spec),
    ...(spec.links.tolerance === undefined ? {} : { tolerance: spec.links.tolerance }),
    imageSoftware: imageSoftware(spec),
    software: planSoftware(spec, testbed),
    ...planDeployments(spec, testbed),
    ...(spec.benchmark === undefined ? {} : { benchmark: spec.benchmark }),
    ...(spec.lease === undefined || spec.lease === 0 ? {} : { leaseSeconds: Math.ceil(spec.lease) }),
  };
}

type Counts = Record<TierName, number>;

function shaping(
  end: { tier: TierName; machine: string },
  spec: TestbedSpec,
  places: Places,
): Pick<MachinePlan, "shaping" | "access"> {
  const { rules, access } = planShaping(end, spec.links, places);
  return { shaping: rules, ...(access === undefined ? {} : { access }) };
}

/** Addresses of the machines whose links differ from their tier's. */
function ownAddresses(network: string, spec: TestbedSpec): Record<string, string> {
  const named = Object.keys(spec.links.machines ?? {}).flatMap((name): [string, string][] => {
    const parsed = parseMachineName(name);
    return parsed === undefined ? [] : [[name, machineAddress(network, parsed.tier, parsed.index)]];
  });
  return Object.fromEntries(named);
}

function planAccess({ links, tiers }: TestbedSpec): Plan["access"] {
  const byTier = tierNames.flatMap((tier): [string, AccessRates][] => {
    const rates = links.access?.[tier];
    return rates === undefined || (tiers[tier]?.count ?? 0) === 0 ? [] : [[tier, rates]];
  });
  const byMachine = Object.entries(links.machines ?? {}).flatMap(([name, { access }]): [string, AccessRates][] => {
    const tier = parseMachineName(name)?.tier;
    const own = Object.keys(access).length > 0 && tier !== undefined;
    return own ? [[name, { ...links.access?.[tier], ...access }]] : [];
  });
  return Object.fromEntries([...byTier, ...byMachine]);
}

function machine(
  network: string,
  tier: TierName,
  spec: TierSpec,
  index: number,
): Omit<MachinePlan, "shaping" | "access" | "roles"> {
  const { cpus, memoryMiB, quota, diskGiB, readMBps, writeMBps, on } = spec;
  const address = machineAddress(network, tier, index);
  return {
    name: machineName(tier, index),
    tier,
    index,
    address,
    cpus,
    memoryMiB,
    ...(quota === undefined ? {} : { quota }),
    diskGiB,
    ...(readMBps === undefined ? {} : { readMBps }),
    ...(writeMBps === undefined ? {} : { writeMBps }),
    ...(on === undefined ? {} : { on }),
  };
}
