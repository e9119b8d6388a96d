import { shapingBatch, shapingChange } from "../../../../providers/strata/net/batch.ts";
import { unlimited } from "../../../../providers/strata/net/htb.ts";
import { readBack } from "../../../../providers/strata/net/readBack.ts";
import { shapingRule, type ShapingRule } from "../../../../providers/strata/net/rules.ts";

const plain: ShapingRule = {
  cidr: "10.83.0.0/18",
  latencyMs: 45,
  jitterMs: 5,
  lossPercent: 2,
  gilbertElliott: { goodToBadPercent: 1, badToGoodPercent: 49, lossInBadPercent: 100, lossInGoodPercent: 0 },
  limitPackets: 1000,
};
const trace = { file: "x.csv", sha256: "0", loop: false, lengthMs: 900, steps: "0 20 - 7.21 - 23\n300 - 0 - 1.5 59\n" };
const rest = "corrupt 0% reorder 0% rate";

test("a trace is kept with its rule, in netem's words; what it leaves out is the rule's", () => {
  const lines = shapingBatch({ rules: { cloud: { ...plain, trace } } }, "eth0")
    .trimEnd()
    .split("\n");
  expect(lines.slice(-3)).toEqual([
    "# trace 10 once 900",
    `# step 10 0 limit 23 delay 20000us 5000us 0% distribution normal loss gemodel 1% 49% 100% 0% ${rest} 100gbit htb rate 7210000bit ceil 7210000bit burst 3605 cburst 3605 quantum 1514`,
    `# step 10 300 limit 59 delay 45000us 0us 0% loss 1.5% ${rest} 100gbit htb ${unlimited}`,
  ]);
});

test("a trace's rate is made below the delay, at most the shared one; its outages hold; one without rates is netem's alone", () => {
  const steps = "0 20 - 12 - 23\n300 - - 0 - 59\n400 - - - - 59\n500 - - 0.5 - 9\n";
  const of = (rate: string) => `rate ${rate} ceil ${rate} burst`;
  const lines = (upMbit?: number) =>
    shapingBatch(
      {
        rules: { cloud: { ...plain, rateMbit: 9, trace: { ...trace, steps } } },
        ...(upMbit === undefined ? {} : { access: { upMbit, peers: [] } }),
      },
      "eth0",
    )
      .split("\n")
      .filter((line) => line.startsWith("# step"))
      .map((line) => line.split(" htb ")[1]);
  expect(lines()).toEqual([
    `${of("12000000bit")} 6000 cburst 6000 quantum 1514`,
    "hold",
    `${of("9000000bit")} 4500 cburst 4500 quantum 1514`,
    `${of("500000bit")} 1600 cburst 1600 quantum 1514`,
  ]);
  const shared = (ceil: string, cburst: number) => `rate 8000bit ceil ${ceil} burst 1600 cburst ${cburst} quantum 1514`;
  expect(lines(10)).toEqual([
    shared("10000000bit", 5000),
    "hold",
    shared("9000000bit", 4500),
    shared("500000bit", 1600),
  ]);
  const latencies = shapingBatch(
    { rules: { cloud: { ...plain, rateMbit: 9, trace: { ...trace, steps: "0 20 - - - 23\n" } } } },
    "eth0",
  );
  expect(latencies).toContain("# step 10 0 limit 23 delay 20000us");
  expect(latencies).toMatch(/# step .* rate 9000000bit\n/);
});

test("a trace that loses packets is of single packets, from the first of them on", () => {
  const quiet: ShapingRule = { ...plain, lossPercent: 0, gilbertElliott: undefined };
  const first = (rule: ShapingRule) => shapingBatch({ rules: { cloud: rule } }, "eth0").split("\n")[0];
  expect(first(quiet)).toBe("qdisc replace dev eth0 root pfifo");
  expect(first({ ...quiet, trace })).toBe("# single packets");
});

test("another trace changes no queue", () => {
  const emulation = (steps: string) => ({ rules: { cloud: { ...plain, trace: { ...trace, steps } } } });
  const change = shapingChange(emulation(trace.steps), emulation("0 1 - - - 5\n"), "eth0");
  expect(change?.split("\n").filter((line) => line.startsWith("filter"))).toEqual([]);
  expect(change).toContain("delay 45000us");
});

test("steps that are none are refused", () => {
  for (const steps of ["", "0 1 2 3 4\n", "0 1 2 3 4 5", "x 1 2 3 4 5\n", "0 1 2 3 4 5\nreboot\n"])
    expect(shapingRule.safeParse({ ...plain, trace: { ...trace, steps } }).success).toBe(false);
});

test("a trace is taken as wanted when rules are read back, and so is everything while one is replayed", () => {
  const rule = { ...plain, gilbertElliott: undefined, lossPercent: 0, trace };
  const netem = {
    kind: "netem",
    handle: "10:",
    options: { limit: 1000, delay: { delay: 0.045, jitter: 0.005, correlation: 0 }, rate: { rate: 12_500_000_000 } },
  };
  const filter = { options: { flowid: "1:10", match: { value: "a530000", mask: "ffffc000" } } };
  const printed = (more: object) =>
    JSON.stringify({
      qdiscs: [{ kind: "htb", handle: "1:", root: true }, netem],
      ...{ filters: [filter], classes: "", duplicates: "", received: "", inbound: [], ...more },
    });
  const wanted = { rules: { cloud: rule } };
  expect(readBack(printed({}), wanted)).toEqual(wanted);
  const other = { rules: { cloud: { ...rule, latencyMs: 60 } } };
  expect(readBack(printed({}), other).rules.cloud?.latencyMs).toBe(45);
  expect(readBack(printed({ injecting: true }), other)).toEqual(other);
});
