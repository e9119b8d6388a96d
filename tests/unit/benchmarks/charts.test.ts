import { spawnSync } from "node:child_process";
import fc from "fast-check";
import type { Observation } from "../../../benchmarks/metrics/observation.ts";
import { distribution } from "../../../benchmarks/report/charts/distribution.ts";
import { overTime } from "../../../benchmarks/report/charts/overTime.ts";
import { testbedGraph } from "../../../benchmarks/report/charts/testbedGraph.ts";
import { thinned } from "../../../benchmarks/report/charts/thinned.ts";
import { syntheticMeasurements } from "../../support/workload/syntheticRun.ts";

const texts = (svg: string): string[] =>
  [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text = ""]) => text.trim());
/** What Python's parser says against it: nothing where it is well-formed. */
const damage = (svg: string): string =>
  spawnSync("python3", ["-c", "import sys, xml.dom.minidom as m; m.parse(sys.stdin)"], { input: svg, encoding: "utf8" })
    .stderr;
const odd = `"><script>alert('$&')</script> & <b>`;

test("thinning keeps what is lowest and highest of all, the order, and no more than was asked for", () => {
  const points = fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: -99, max: 99 })));
  fc.assert(
    fc.property(points, fc.integer({ min: 2, max: 20 }), (all, most) => {
      const kept = thinned(all, most);
      expect(kept.length).toBeLessThanOrEqual(Math.max(2, most));
      const places = kept.map((point) => all.indexOf(point));
      expect(places).toEqual([...places].sort((a, b) => a - b));
      expect(places).not.toContain(-1);
      if (all.length === 0) return;
      const values = (some: readonly (readonly [number, number])[]): number[] => some.map(([, y]) => y);
      expect(Math.max(...values(kept))).toBe(Math.max(...values(all)));
      expect(Math.min(...values(kept))).toBe(Math.min(...values(all)));
    }),
  );
});

const observation = (atMs: number, value?: number, more: Partial<Observation> = {}): Observation => ({
  ...{ repetition: 1, source: "cloud-0", atMs, warmup: false, value },
  ...more,
});
/** The dots or curves that a chart draws in a colour. */
const drawnIn = (svg: string, colour: string): number => svg.split(colour).length - 1;

describe("values over time", () => {
  const options = { warmupS: 0, values: "Round trip (ms)", label: "Round trip over time" };
  const blue = "#2f6fde";

  test("are a dot each, from the start of their repetition; what failed has none", () => {
    const one = overTime([observation(1e12, 5)], options);
    const four = [observation(1e12, 5), observation(1e12 + 9000, 7), observation(1e12 + 4000), observation(1e12, 1)];
    expect(drawnIn(overTime(four, options), blue) - drawnIn(one, blue)).toBe(2);
    // An axis of seconds since the start, not of 1970.
    expect(texts(overTime(four, options))).toEqual(expect.arrayContaining(["0", "8", "Time since start (s)"]));
  });

  test("warm-up and each repetition have a name and a colour", () => {
    const two = [observation(1, 5, { warmup: true }), observation(2, 6), observation(1, 7, { repetition: 2 })];
    const svg = overTime(two, options);
    expect(texts(svg)).toEqual(expect.arrayContaining(["Repetition 1", "Repetition 2", "Warm-up"]));
    expect(texts(overTime([observation(2, 6)], options))).not.toContain("Warm-up");
    for (const colour of [blue, "#e5733d", "#b3bac5"]) expect(drawnIn(svg, colour)).toBeGreaterThan(0);
  });

  test("of thousands of observations are some, and the outlier is one of them", () => {
    const many = Array.from({ length: 20_000 }, (_, i) => observation(i, i === 12_345 ? 900 : 10));
    const svg = overTime(many, options);
    expect(drawnIn(svg, blue)).toBeLessThan(4100);
    // The axis reaches up to it.
    expect(texts(svg)).toContain("1,000");
  });

  test("without any value are an empty chart", () => {
    expect(damage(overTime([observation(1)], options))).toBe("");
    expect(damage(overTime([], options))).toBe("");
  });
});

describe("a distribution", () => {
  const metric = { title: "Queue", meaning: "x", colour: "#123456", unit: "ms" };
  const options = { values: "Latency (ms)", shares: "Photos (%)", label: "Distribution" };

  test("has a curve for each metric that has values", () => {
    const svg = distribution(
      [
        { metric, values: [3, 1, 2] },
        { metric: { ...metric, title: "Uplink", colour: "#654321" }, values: [] },
        { metric: { ...metric, title: "Downlink", colour: "#abcdef" }, values: [4] },
      ],
      options,
    );
    expect(texts(svg)).toEqual(expect.arrayContaining(["Queue", "Downlink", "p50", "p95"]));
    expect(texts(svg)).not.toContain("Uplink");
  });

  test("begins below 0 only where values are well below it: two clocks may be a little off", () => {
    const axis = (lowest: number) => texts(distribution([{ metric, values: [lowest, 3] }], options));
    expect(axis(-0.4).some((text) => text.startsWith("-"))).toBe(false);
    expect(axis(-60).some((text) => text.startsWith("-"))).toBe(true);
  });
});

describe("the graph of a testbed", () => {
  const { testbed, network } = syntheticMeasurements();
  const noParts = (): string[] => [];
  const draw = (more: object, checks = network, partsOn: (tier: string) => string[] = noParts): string =>
    testbedGraph({ testbed: { ...testbed, ...more }, network: checks }, partsOn);

  test("shows tiers with what their machines are and do, and links as wanted and as measured", () => {
    const shown = texts(draw({}, network, (tier) => (tier === "cloud" ? ["worker"] : [])));
    const [cloud] = testbed.machines;
    const size = `${cloud!.cpus} CPU, ${(cloud!.memoryMiB / 1024).toFixed(1)} GiB`;
    expect(shown).toEqual(expect.arrayContaining(["cloud", "edge", "endpoint", `${size} · worker`]));
    expect(shown).toEqual(
      expect.arrayContaining([
        // Between neighbours one value a line, else in one; jitter, rates; of one tier's machines below them.
        ...["7.5 ± 2.5 ms", "1000 Mbit/s", "RTT 15.4 of 15 ms ✓", "RTT 22.1 of 15 ms ✗", "6.89 of 7.21 Mbit/s ✓"],
        ...["45 ± 5 ms · 7.21 Mbit/s", "within: 7.5 ± 2.5 ms"],
      ]),
    );
    expect(texts(draw({}, [])).some((text) => text.startsWith("RTT"))).toBe(false);
  });

  test("of a link that did not answer it says so", () => {
    const silent = { wantedMs: 15, wantedSdMs: 1, verdict: "not measured" as const };
    expect(texts(draw({}, [{ ...network[0]!, roundTrip: silent }]))).toContain("RTT not measured –");
  });

  test("of many machines it names five and counts the rest", () => {
    const [machine] = testbed.machines;
    const machines = Array.from({ length: 8 }, (_, i) => ({ ...machine!, tier: "edge" as const, name: `edge-${i}` }));
    const shown = texts(draw({ machines, links: [] }));
    expect(shown.filter((text) => text.startsWith("edge-"))).toHaveLength(5);
    expect(shown).toContain("and 3 more");
  });

  test("a link to a tier without machines is not drawn", () => {
    const machines = testbed.machines.filter(({ tier }) => tier !== "edge");
    expect(texts(draw({ machines }))).not.toContain("1000 Mbit/s");
  });
});

test("whatever text is in charts and graph, they are well-formed and it is text", () => {
  const { testbed, network } = syntheticMeasurements();
  const machines = testbed.machines.map((machine) => ({ ...machine, name: odd }));
  const metric = { title: odd, meaning: odd, colour: "#123456", unit: odd };
  const fault = { kind: "link-down", link: odd, atS: 1, durationS: 1 } as never;
  const options = { faults: [fault], warmupS: 0, values: odd, label: odd };
  for (const svg of [
    testbedGraph({ testbed: { ...testbed, machines }, network }, () => [odd]),
    overTime([observation(1, 5), observation(2, 5)], options),
    distribution([{ metric, values: [1, 2] }], { values: odd, shares: odd, label: odd }),
  ]) {
    expect(damage(svg)).toBe("");
    expect(svg.includes("<script")).toBe(false);
  }
  const labelled = distribution([{ metric, values: [1, 2] }], { values: "x", shares: "y", label: "a $& b $1" });
  expect(/aria-label="([^"]*)"/.exec(labelled)?.[1]).toBe("a $&amp; b $1");
});
