import type { TestbedSpec } from "../spec/testbed.ts";
import { tierNames, type TierName, type TierSpec } from "../spec/tier.ts";
import { kubernetesIn } from "../spec/software.ts";
import { defaultNetwork, machineAddress, machineMac, planNetwork, tierCidr } from "./addressing.ts";
import { planKubernetes } from "./kubernetes.ts";
import { machineName } from "./naming.ts";
import { imageSoftware, machineRoles, planSoftware } from "./roles.ts";
import { planLinks, shapingRules } from "./shaping.ts";
import type { MachinePlan, Plan } from "./types.ts";

/**
 * Computes all that will exist from a spec and the testbed's name. Pure: no clock, no host, no random number; keys are
 * in a fixed order, so equal specs give equal bytes.
 */
export function planTestbed(name: string, spec: TestbedSpec): Plan {
  const cluster = kubernetesIn(spec.software);
  const taken = cluster === undefined ? [] : [cluster.podCidr, cluster.serviceCidr];
  const network = planNetwork(name, spec.provider.network ?? defaultNetwork(name, taken));
  const present = tierNames.flatMap((tier) => {
    const tierSpec = spec.tiers[tier];
    return tierSpec === undefined || tierSpec.count === 0 ? [] : [{ tier, tierSpec }];
  });
  const tierCidrs = Object.fromEntries(present.map(({ tier }) => [tier, tierCidr(network.cidr, tier)]));
  const counts = Object.fromEntries(tierNames.map((tier) => [tier, spec.tiers[tier]?.count ?? 0]));

  return {
    name,
    network,
    tierCidrs,
    machines: present.flatMap(({ tier, tierSpec }) =>
      Array.from({ length: tierSpec.count }, (_, index) => ({
        ...machine(network.cidr, tier, tierSpec, index),
        shaping: shapingRules(tier, spec.links, tierCidrs),
        roles: machineRoles(spec, network, tier, index),
      })),
    ),
    links: planLinks(spec.links, counts as Record<TierName, number>),
    imageSoftware: imageSoftware(spec),
    software: planSoftware(spec),
    ...(cluster === undefined ? {} : { kubernetes: planKubernetes(spec, cluster, network.cidr) }),
    ...(spec.benchmark === undefined ? {} : { benchmark: spec.benchmark }),
  };
}

function machine(
  network: string,
  tier: TierName,
  spec: TierSpec,
  index: number,
): Omit<MachinePlan, "shaping" | "roles"> {
  const { cpus, memoryMiB, quota, diskGiB, readMBps, writeMBps } = spec;
  const address = machineAddress(network, tier, index);
  return {
    name: machineName(tier, index),
    tier,
    index,
    address,
    mac: machineMac(address),
    cpus,
    memoryMiB,
    ...(quota === undefined ? {} : { quota }),
    diskGiB,
    ...(readMBps === undefined ? {} : { readMBps }),
    ...(writeMBps === undefined ? {} : { writeMBps }),
  };
}
