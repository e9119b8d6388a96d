import {
  linkBetween,
  linkNames,
  linkTiers,
  parseMachineName,
  reversedLinkName,
} from "../../../components/experiment/link.ts";
import { linkPresets, presetNames } from "../../../components/experiment/linkPresets.ts";
import { linksSchema } from "../../../components/experiment/links.ts";

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
  expect(reversedLinkName("endpoint-3")).toBeUndefined();
  expect(parseMachineName("endpoint-3")).toEqual({ tier: "endpoint", index: 3 });
  expect(["endpoint", "endpoint-03", "phone-1", "edge-1-2"].map(parseMachineName)).toEqual(Array(4).fill(undefined));
});

test("every preset says something of every link", () => {
  expect(presetNames.map((preset) => Object.keys(parse({ preset })))).toEqual(presetNames.map(() => [...linkNames]));
  expect(parse({ preset: "satellite" })["cloud-endpoint"]).toEqual({
    latencyMs: 300,
    jitterMs: 0,
    rateMbit: 100,
    lossPercent: 0,
    up: { latencyMs: 300, jitterMs: 0, rateMbit: 10, lossPercent: 0 },
  });
});

test("every field of a shape", () => {
  const link = {
    latency: "20 ms",
    jitter: "2 ms",
    jitterDistribution: "pareto",
    jitterCorrelation: "25 %",
    rate: "5 Mbit",
    loss: "1 %",
    lossBurst: 4,
    duplicate: "0.1 %",
    corrupt: "0.01 %",
    reorder: "0.5 %",
    queue: "50 ms",
  };
  expect(parse({ "edge-edge": link })).toEqual({
    "edge-edge": {
      latencyMs: 20,
      jitterMs: 2,
      jitterDistribution: "pareto",
      jitterCorrelationPercent: 25,
      rateMbit: 5,
      lossPercent: 1,
      // A burst ends with each fourth packet; 25 % of 1 / 99.
      gilbertElliott: { goodToBadPercent: 0.252525, badToGoodPercent: 25, lossInBadPercent: 100, lossInGoodPercent: 0 },
      duplicatePercent: 0.1,
      corruptPercent: 0.01,
      reorderPercent: 0.5,
      queueMs: 50,
    },
  });
  expect(parse({ "edge-edge": { queue: "100 packets" } })["edge-edge"]).toMatchObject({ queuePackets: 100 });
});

test("Gilbert and Elliott's parameters give the mean loss, and a plain loss takes their place", () => {
  const model = { goodToBad: "1 %", badToGood: "19 %", lossInGood: "0.1 %" };
  expect(parse({ "edge-edge": { gilbertElliott: model } })["edge-edge"]).toMatchObject({
    // 5 % of the time everything is lost, else 0.1 %.
    lossPercent: 5.095,
    gilbertElliott: { goodToBadPercent: 1, badToGoodPercent: 19, lossInBadPercent: 100, lossInGoodPercent: 0.1 },
  });
});

test("a direction's plain loss takes the place of bursts, what it leaves out stays", () => {
  const model = { goodToBad: "1 %", badToGood: "19 %" };
  const link = parse({ "cloud-edge": { gilbertElliott: model, up: { loss: "1 %" }, down: { latency: "1 ms" } } })[
    "cloud-edge"
  ];
  expect(link?.up).toEqual({ latencyMs: 0, jitterMs: 0, lossPercent: 1 });
  expect(link).toMatchObject({ latencyMs: 1, lossPercent: 5, gilbertElliott: { goodToBadPercent: 1 } });
});

test("both directions apart: common fields, then those of one", () => {
  const links = parse({
    preset: "4g",
    "cloud-endpoint": { latency: "20 ms", up: { rate: "1 Mbit" }, down: { loss: "1 %" } },
  });
  expect(links["cloud-endpoint"]).toEqual({
    latencyMs: 20,
    jitterMs: 5,
    rateMbit: 7.21,
    lossPercent: 1,
    up: { latencyMs: 20, jitterMs: 5, rateMbit: 1, lossPercent: 0 },
  });
  expect(parse({ "cloud-edge": { latency: "1 ms", up: { latency: "1 ms" } } })["cloud-edge"]).not.toHaveProperty("up");
  const level = linksSchema.safeParse({ "cloud-cloud": { up: {} } });
  expect(level.error?.issues.map(({ code, path }) => [code, path])).toEqual([["unrecognized_keys", ["cloud-cloud"]]]);
});

test("machines and shared rates", () => {
  const links = parse({
    access: { endpoint: { up: "5 Mbit", down: "20 Mbit" } },
    "endpoint-3": { latency: "60 ms", down: { loss: "2 %" }, access: { up: "1 Mbit" } },
    tolerance: { rate: "5 %" },
  });
  expect(links).toEqual({
    access: { endpoint: { upMbit: 5, downMbit: 20 } },
    machines: { "endpoint-3": { both: { latency: 60 }, up: {}, down: { loss: 2 }, access: { upMbit: 1 } } },
    tolerance: { latencyMs: 2, latencyPercent: 10, jitterMs: 2, jitterPercent: 10, ratePercent: 5 },
  });
});
