import { linkBetween, linkNames, linksSchema, linkTiers, reversedLinkName } from "../../../components/spec/link.ts";
import { linkPresets } from "../../../components/spec/linkPresets.ts";

const parse = (links: unknown) => linksSchema.parse(links);

test("4g and 5g are Continuum's values", () => {
  const continuum = (rateMbit: number) => ({
    "cloud-cloud": { latencyMs: 0, jitterMs: 0, rateMbit: 1000, lossPercent: 0 },
    "cloud-edge": { latencyMs: 7.5, jitterMs: 2.5, rateMbit: 1000, lossPercent: 0 },
    "cloud-endpoint": { latencyMs: 45, jitterMs: 5, rateMbit, lossPercent: 0 },
    "edge-edge": { latencyMs: 7.5, jitterMs: 2.5, rateMbit: 1000, lossPercent: 0 },
    "edge-endpoint": { latencyMs: 7.5, jitterMs: 2.5, rateMbit, lossPercent: 0 },
    "endpoint-endpoint": { latencyMs: 15, jitterMs: 3.54, rateMbit, lossPercent: 0 },
  });
  expect(parse({ preset: "4g" })).toEqual(continuum(7.21));
  expect(parse({ preset: "5g" })).toEqual(continuum(29.66));
  expect(Object.keys(parse({ preset: "wired" }))).toEqual(linkNames);
});

test("a link's own fields stand, the rest is the preset's", () => {
  const { "cloud-endpoint": link, "edge-endpoint": other } = parse({
    preset: "4g",
    "cloud-endpoint": { latency: "20 ms", loss: "0.1 %" },
  });
  expect(link).toEqual({ latencyMs: 20, jitterMs: 5, rateMbit: 7.21, lossPercent: 0.1 });
  expect(other).toEqual(linkPresets["4g"]["edge-endpoint"]);
});

test("without a preset only the named links are emulated", () => {
  expect(parse({ "cloud-endpoint": { latency: "45 ms" } })).toEqual({
    "cloud-endpoint": { latencyMs: 45, jitterMs: 0, lossPercent: 0 },
  });
  expect(parse({})).toEqual({});
});

test("unlimited lifts a preset's rate", () => {
  expect(parse({ preset: "4g", "edge-endpoint": { rate: "unlimited" } })["edge-endpoint"]).toEqual({
    latencyMs: 7.5,
    jitterMs: 2.5,
    lossPercent: 0,
  });
});

test("a pair may be written in either order, once", () => {
  expect(parse({ "endpoint-cloud": { latency: "1 ms" } })).toEqual(parse({ "cloud-endpoint": { latency: "1 ms" } }));
  const both = linksSchema.safeParse({ "endpoint-cloud": {}, "cloud-endpoint": {} });
  expect(both.error?.issues.map(({ path, message }) => [path, message])).toEqual([
    [["endpoint-cloud"], "is the link cloud-endpoint, which is given too"],
  ]);
});

test("names of links", () => {
  expect(linkNames.map((name) => linkBetween(...linkTiers(name)))).toEqual(linkNames);
  expect(linkBetween("endpoint", "cloud")).toBe("cloud-endpoint");
  expect(reversedLinkName("cloud-edge")).toBe("edge-cloud");
  expect(reversedLinkName("cloud-cloud")).toBeUndefined();
  expect(reversedLinkName("preset")).toBeUndefined();
});
