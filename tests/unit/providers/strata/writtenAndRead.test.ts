import fc from "fast-check";
import { planTestbed } from "../../../../components/plan/whole/plan.ts";
import type { TestbedArgs } from "../../../../components/experiment/whole/testbed.ts";
import { shapingBatch } from "../../../../providers/strata/net/batch.ts";
import { readBack } from "../../../../providers/strata/net/readBack.ts";
import { shapingInputs } from "../../../../providers/strata/net/shapingInputs.ts";
import { printedClasses, printedNetems } from "../../../support/printedByTc.ts";
import { netemOptions, printedAfter, printedRate } from "../../../support/simulatedTc.ts";
import { specOf } from "../../../support/spec.ts";

test.each(printedNetems)("tc is simulated as it is: netem %s", (told, options) => {
  expect(netemOptions(told)).toEqual(options);
});

test.each(printedClasses)("tc is simulated as it is: a class of %d bit/s", (bit, text) => {
  expect(`class htb 1:1 root prio 0 rate ${printedRate(bit)}`).toBe(text);
});

type Links = NonNullable<TestbedArgs["links"]>;

/** Rules of a cloud machine whose links are these, and what is read once they are in force. */
function writtenAndRead(links: Links): { written: object; read: object } {
  const { machines } = planTestbed("lab", specOf({ cloud: 1, edge: 1, endpoint: 1 }, { links }));
  const { shaping: rules, access } = machines[0]!;
  const inputs = { stack: "lab", machine: "cloud-0", address: "10.0.0.1", rules, ...(access && { access }) };
  const emulation = shapingInputs.parse(JSON.parse(JSON.stringify(inputs)));
  const read = readBack(printedAfter(shapingBatch(emulation, "eth0")), emulation);
  return { written: { rules, ...(access && { access }) }, read };
}

/** From the least to the most that a quantity may be, as many small as large ones, in as many digits as anyone likes. */
const between = (least: number, most: number, ...more: number[]): fc.Arbitrary<number> =>
  fc.oneof(
    fc.constantFrom(least, most, ...more),
    fc.double({ min: 0, max: 1, noNaN: true }).map((x) => least * (most / least) ** x),
    fc
      .tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 7 }))
      .map(([x, digits]) => Math.max(least, Math.min(most, Number((least * (most / least) ** x).toPrecision(digits))))),
  );

const time = (mostMs: number) => fc.oneof(fc.constant(0), between(1e-4, mostMs)).map((ms) => `${ms} ms` as const);
const share = fc.oneof(fc.constant(0), between(1e-9, 100)).map((percent) => `${percent} %` as const);
const rate = between(1e-3, 1e6, 1e5, 99_999.999999, 34_359.738368).map((mbit) => `${mbit} Mbit` as const);

const shape = fc
  .record(
    {
      latency: time(60_000),
      jitter: time(1239),
      jitterDistribution: fc.constantFrom("normal", "pareto", "uniform"),
      jitterCorrelation: share,
      rate,
      loss: share.filter((text) => parseFloat(text) < 50),
      lossBurst: between(2, 10_000),
      duplicate: share,
      corrupt: share,
      queue: fc.oneof(
        fc.integer({ min: 1, max: 1_000_000 }).map((count) => `${count} packets`),
        between(1e-3, 60_000).map((ms) => `${ms} ms`),
      ),
    },
    { requiredKeys: ["latency", "rate"] },
  )
  .chain((own) => (parseFloat(own.latency) >= 5e-4 ? share.map((reorder) => ({ ...own, reorder })) : fc.constant(own)));

test("whatever a link may be is what is read of it: no drift at any value (property)", () => {
  const access = fc.record({ up: rate, down: rate }, { requiredKeys: [] });
  fc.assert(
    fc.property(shape, access, (endpoint, cloud) => {
      const { written, read } = writtenAndRead({ "cloud-endpoint": endpoint, access: { cloud } });
      expect(read).toEqual(written);
    }),
    { numRuns: 500 },
  );
});

test("Gilbert and Elliott's four parameters too (property)", () => {
  fc.assert(
    fc.property(share, share, share, share, (goodToBad, badToGood, lossInBad, lossInGood) => {
      const gilbertElliott = { goodToBad, badToGood, lossInBad, lossInGood };
      const { written, read } = writtenAndRead({ "cloud-endpoint": { latency: "1 ms", gilbertElliott } });
      expect(read).toEqual(written);
    }),
  );
});

test.each(["100 Gbit", "99999.999999 Mbit", "1000 Gbit", "1.007 kbit"] as const)(
  "a rate of %s is neither lost nor drift, of a link and of all of a machine's",
  (value) => {
    const { written, read } = writtenAndRead({
      "cloud-endpoint": { latency: "5 ms", rate: value },
      access: { cloud: { up: value, down: value } },
    });
    expect(JSON.stringify(read)).toBe(JSON.stringify(written));
  },
);

test("what another hand changed shows, also from and to the fastest", () => {
  const { machines } = planTestbed(
    "lab",
    specOf({ cloud: 1, edge: 1, endpoint: 1 }, { links: { "cloud-endpoint": { rate: "100 Gbit" } } }),
  );
  const emulation = { rules: machines[0]?.shaping ?? {} };
  const changed = (from: RegExp, to: string) =>
    readBack(printedAfter(shapingBatch(emulation, "eth0").replace(from, to)), emulation).rules.endpoint;
  expect(changed(/rate 100000000000bit/, "rate 90000000000bit")?.rateMbit).toBe(90_000);
  expect(changed(/rate 100000000000bit/, "rate 200000000000bit")?.rateMbit).toBe(200_000);
  expect(changed(/loss 0%/, "loss 0.0001%")?.lossPercent).toBeCloseTo(0.0001, 8);
  expect(changed(/limit \d+/, "limit 1001")?.limitPackets).toBe(1001);
});
