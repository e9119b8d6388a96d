import { limitPackets, planLinks, shapingRules } from "../../../components/plan/shaping.ts";
import { linkPresets } from "../../../components/spec/linkPresets.ts";

const cidrs = { cloud: "10.83.0.0/18", endpoint: "10.83.128.0/18" };

test("a rule for each tier that has machines, its own included", () => {
  expect(shapingRules("cloud", linkPresets["4g"], cidrs)).toEqual({
    cloud: { cidr: "10.83.0.0/18", latencyMs: 0, jitterMs: 0, rateMbit: 1000, lossPercent: 0, limitPackets: 1000 },
    endpoint: {
      cidr: "10.83.128.0/18",
      latencyMs: 45,
      jitterMs: 5,
      rateMbit: 7.21,
      lossPercent: 0,
      limitPackets: 1000,
    },
  });
});

test("both ends of a link do the same", () => {
  const links = { "cloud-endpoint": { latencyMs: 3, jitterMs: 0, lossPercent: 1 } };
  const { endpoint } = shapingRules("cloud", links, cidrs);
  const { cloud } = shapingRules("endpoint", links, cidrs);
  expect({ ...endpoint, cidr: "" }).toEqual({ ...cloud, cidr: "" });
  expect(shapingRules("edge", links, cidrs)).toEqual({});
});

test.each([
  // 2 x 1000 Mbit/s x 17.5 ms / 12,000 bit
  ["cloud-edge of 4g", { latencyMs: 7.5, jitterMs: 2.5, rateMbit: 1000, lossPercent: 0 }, 2917],
  // 2 x 7.21 Mbit/s x 65 ms / 12,000 bit = 79: netem's default
  ["cloud-endpoint of 4g", { latencyMs: 45, jitterMs: 5, rateMbit: 7.21, lossPercent: 0 }, 1000],
  // 2 x 10,000 Mbit/s x 65 ms / 12,000 bit
  ["without a rate", { latencyMs: 45, jitterMs: 5, lossPercent: 0 }, 108_334],
])("the queue holds rate x delay: %s", (_, shape, packets) => {
  expect(limitPackets(shape)).toBe(packets);
});

test("links are listed where there are two machines to talk", () => {
  const names = (cloud: number, edge: number, endpoint: number) =>
    planLinks(linkPresets["4g"], { cloud, edge, endpoint }).map(({ name }) => name);
  expect(names(1, 0, 0)).toEqual([]);
  expect(names(2, 0, 1)).toEqual(["cloud-cloud", "cloud-endpoint"]);
  expect(names(1, 1, 1)).toEqual(["cloud-edge", "cloud-endpoint", "edge-endpoint"]);
  expect(names(0, 2, 2)).toEqual(["edge-edge", "edge-endpoint", "endpoint-endpoint"]);
});
