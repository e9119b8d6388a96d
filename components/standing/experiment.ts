import { deployedKindOf, isDeployed, kindNames, type DeployedKindName } from "../kinds/index.ts";
import type { TestbedArgs } from "../experiment/whole/testbed.ts";
import { tierNames, type TierName } from "../experiment/tier.ts";
import type { TestbedOutputs } from "../contract/testbed.ts";

type Args = Omit<TestbedArgs, "benchmark">;

/**
 * An experiment that a testbed may have been built from, as far as rules about benchmarks ask: machines by tier, software,
 * and the links' first direction. It is read from the outputs, so it is what stands, whatever a file says by now.
 */
export function asExperiment(outputs: TestbedOutputs): Args {
  const { machines, links } = outputs;
  const tierOf = (name: string): TierName | undefined => machines.find((machine) => machine.name === name)?.tier;
  const tiers = tierNames.flatMap((tier): [string, unknown][] => {
    const own = machines.filter((machine) => machine.tier === tier);
    if (own.length === 0) return [];
    const cpus = Math.min(...own.map((machine) => machine.cpus));
    const memory = `${Math.min(...own.map(({ memoryMiB }) => memoryMiB))} MiB` as const;
    return [[tier, { count: own.length, cpus, memory }]];
  });
  const entries = outputs.software.map(({ kind, machines: names }): unknown => {
    const deployed = kindNames.find((name) => name === kind);
    const own = deployed !== undefined && isDeployed(deployed) ? outputs[deployed] : undefined;
    if (own === undefined) return { kind, on: tierOf(names[0] ?? "") };
    return { kind, ...deployedKindOf(kind as DeployedKindName).outputs.entry(own, tierOf) };
  });
  const shaped = links.map(({ name, latencyMs, rateMbit }): [string, unknown] => [
    name,
    { latency: `${latencyMs} ms`, ...(rateMbit === undefined ? {} : { rate: `${rateMbit} Mbit` }) },
  ]);
  const args: unknown = { tiers: Object.fromEntries(tiers), software: entries, links: Object.fromEntries(shaped) };
  return args as Args;
}
