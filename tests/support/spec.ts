import { readTestbedArgs, specOrThrow } from "../../components/experiment/whole/load.ts";
import type { TestbedArgs, TestbedSpec } from "../../components/experiment/whole/testbed.ts";

/** A testbed with machines of each tier, 4g links, a broker on the edge and a benchmark where there is what it needs. */
export function specOf(
  counts: { cloud: number; edge: number; endpoint: number },
  more: Partial<TestbedArgs> = {},
): TestbedSpec {
  const { cloud, edge, endpoint } = counts;
  const benchmark = cloud > 0 && edge > 0 && endpoint > 0;
  const args: TestbedArgs = {
    tiers: { cloud: { count: cloud }, edge: { count: edge }, endpoint: { count: endpoint } },
    links: { preset: "4g" },
    ...(edge > 0 ? { software: [{ kind: "mqtt", on: "edge" }] } : {}),
    ...(benchmark ? { benchmark: { workload: "image-classification" } } : {}),
    ...more,
  };
  return specOrThrow(readTestbedArgs(args));
}
