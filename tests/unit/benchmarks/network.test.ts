import type { LinkOutputs, MachineOutputs } from "../../../components/contract/testbed.ts";
import { defaultTolerances } from "../../../components/experiment/links.ts";
import { linkedPairs, type Pair } from "../../../benchmarks/network/pairs.ts";
import { judgeRate, parseIperf, wireMbit } from "../../../benchmarks/network/rate.ts";
import { offLinks, unmeasuredLinks } from "../../../benchmarks/network/result.ts";
import {
  judgeJitter,
  judgeLoss,
  judgeRoundTrip,
  parsePing,
  pingIntervalMs,
} from "../../../benchmarks/network/roundTrip.ts";

import { rounds } from "../../../benchmarks/network/rounds.ts";
import { verifyNetwork } from "../../../benchmarks/network/verify.ts";
import { networkCells } from "../../../benchmarks/report/networkTable.ts";
import { RemoteError } from "../../../benchmarks/transport/transport.ts";

import { localTestbed } from "../../support/workload/localTestbed.ts";
import { answering, link, pingOutput } from "../../support/workload/measuredLink.ts";

const pairOf = (more: Partial<LinkOutputs> = {}): Pair =>
  linkedPairs({ ...localTestbed, links: [{ ...link, ...more }] })[0]!;
const tolerance = defaultTolerances;
/** 98 bytes at 7.21 Mbit/s, both ways. */
const wantedMs = 90 + (2 * 98 * 8) / 7210;

describe("round trips", () => {
  test("ping's answers are read, copies are none", () => {
    const copy = "64 bytes from 10.0.0.1: icmp_seq=3 ttl=64 time=500 ms (DUP!)\n";
    const ping = parsePing(copy + pingOutput(20, 2, 91.5));
    expect(ping).toMatchObject({ sent: 20, received: 18, meanMs: 91.5, p99Ms: 96.5 });
    expect(ping?.sdMs).toBeCloseTo(5.145, 3);
    expect(parsePing("20 packets transmitted, 0 received, 100% packet loss, time 1ms\n")).toBeUndefined();
  });

  const ping = { sent: 100, received: 100, meanMs: 92.5, sdMs: 7.5, p99Ms: 110 };
  const floor = { meanMs: 1.5, sdMs: 0.5, errorMs: 0.1 };

  test("the floor is taken off and both figures are kept", () => {
    const check = judgeRoundTrip(pairOf(), ping, floor, tolerance);
    expect(check).toEqual({
      wantedMs,
      measuredMs: 91,
      floorMs: 1.5,
      p99Ms: 110,
      wantedSdMs: Math.hypot(5, 5),
      measuredSdMs: Math.sqrt(7.5 ** 2 - 0.5 ** 2),
      floorSdMs: 0.5,
      lossPercent: 0,
      verdict: "ok",
      note: undefined,
    });
    expect(judgeRoundTrip(pairOf(), ping, undefined, tolerance).note).toBe("the floor is not known and taken as 0");
  });

  // 10 % of 90.2 ms, and three standard errors of sqrt(50) / 10 ms: 11.1 ms.
  test.each([
    [92.5, "ok"],
    [101, "ok"],
    [104, "off"],
    [82, "ok"],
    [79, "off"],
    [46, "off"],
  ])("a mean of %d ms is %s", (meanMs, verdict) => {
    expect(judgeRoundTrip(pairOf(), { ...ping, meanMs }, floor, tolerance).verdict).toBe(verdict);
  });

  test("both ways count, each with its own values", () => {
    const pair = pairOf({ up: { latencyMs: 5, jitterMs: 12, lossPercent: 10, rateMbit: 1 }, lossPercent: 10 });
    expect(judgeRoundTrip(pair, ping, floor, tolerance)).toMatchObject({
      wantedMs: 50 + 784 / 7210 + 784 / 1000,
      wantedSdMs: 13,
    });
    expect(judgeLoss(pair, ping).wantedPercent).toBeCloseTo(19);
  });

  test("a spread is judged with the floor's and the sample's own", () => {
    const judge = (sdMs: number) =>
      judgeJitter(judgeRoundTrip(pairOf(), { ...ping, sdMs }, floor, tolerance), 100, tolerance);
    // 7.07 ms wanted; 2 ms, the floor's 0.5 and 3 x 7.07 / sqrt(200) = 1.5 ms are allowed.
    expect([3.2, 3.1 + 0.2, 7, 11, 11.5].map(judge)).toEqual(["ok", "ok", "ok", "ok", "off"]);
    expect(judge(2.9)).toBe("off");
  });

  test("losses are held against the binomial distribution", () => {
    const judge = (lossPercent: number, received: number) =>
      judgeLoss(pairOf({ lossPercent }), { ...ping, received }).verdict;
    // Both ways 5 %: 9.75 of 100.
    expect([100, 99, 98, 90, 80, 78].map((received) => judge(5, received))).toEqual([
      "off",
      "off",
      "ok",
      "ok",
      "ok",
      "off",
    ]);
    expect([100, 99, 98].map((received) => judge(0, received))).toEqual(["ok", "ok", "off"]);
  });

  test("pings keep their distance where packets are late or links slow", () => {
    expect(pingIntervalMs(pairOf({ jitterMs: 0 }), 20)).toBe(20);
    expect(pingIntervalMs(pairOf({ jitterMs: 10 }), 20)).toBe(80);
    expect(pingIntervalMs(pairOf({ jitterMs: 0, rateMbit: 0.1 }), 20)).toBe(784);
  });
});

describe("rates", () => {
  test("iperf3's report is read, its own words are the error", () => {
    expect(parseIperf('{"end":{"sum_received":{"bits_per_second":6890000}}}')).toBe(6.89);
    expect(() => parseIperf('{"error":"unable to connect"}')).toThrow("unable to connect");
  });

  test("payload counts with its headers; too fast is as wrong as too slow", () => {
    const judge = (payload: number) => judgeRate(7.21, wireMbit(payload), 15);
    expect(judge(6.89)).toEqual({ wantedMbit: 7.21, measuredMbit: expect.closeTo(7.204, 3), verdict: "ok" });
    expect([5.5, 6, 7.9, 8, 40].map((payload) => judge(payload).verdict)).toEqual(["off", "ok", "ok", "off", "off"]);
  });
});

test("a link is measured between the first machines of its tiers, or the first two of one", () => {
  const inner = { ...link, name: "endpoint-endpoint", from: "endpoint", to: "endpoint" } as const;
  const pairs = linkedPairs({ ...localTestbed, links: [link, inner] });
  expect(pairs.map(({ from, to }) => [from.name, to.name])).toEqual([
    ["cloud-0", "endpoint-0"],
    ["endpoint-0", "endpoint-1"],
  ]);
  expect(linkedPairs({ links: [link], machines: [] as MachineOutputs[] })).toEqual([]);
});

test("a machine with links of its own is measured for itself, and shared rates count", () => {
  const sent = { latencyMs: 60, jitterMs: 0, rateMbit: 20, lossPercent: 1 };
  const machineLinks = [{ machine: "endpoint-0", tier: "cloud" as const, ...sent, lossPercent: 0, sent }];
  const access = { endpoint: { upMbit: 5 }, "endpoint-0": { upMbit: 3, downMbit: 9 } };
  const pairs = linkedPairs({ ...localTestbed, links: [link], machineLinks, access });
  expect(
    pairs.map(({ link: name, from, to, downMbit, upMbit }) => [name, from.name, to.name, downMbit, upMbit]),
  ).toEqual([
    ["cloud-endpoint", "cloud-0", "endpoint-1", 7.21, 5],
    ["endpoint-0 cloud", "cloud-0", "endpoint-0", 9, 3],
  ]);
  expect(pairs[1]).toMatchObject({ down: { lossPercent: 0 }, up: { lossPercent: 1 } });
});

test("pairs that share no machine are measured together, where that disturbs none", () => {
  const pair = (from: string, to: string) => ({ from: { name: from }, to: { name: to } }) as Pair;
  const pairs = [pair("a", "b"), pair("b", "c"), pair("c", "d"), pair("a", "d")];
  const names = (together: boolean) =>
    rounds(pairs, together).map((round) => round.map(({ from, to }) => from.name + to.name));
  expect(names(true)).toEqual([
    ["ab", "cd"],
    ["bc", "ad"],
  ]);
  expect(names(false)).toEqual([["ab"], ["bc"], ["cd"], ["ad"]]);
});

describe("verifyNetwork", () => {
  const testbed = { ...localTestbed, links: [link] };

  const iperf = '{"end":{"sum_received":{"bits_per_second":6890000}}}';

  test("measures round trip and rates of a link", async () => {
    const commands: string[] = [];
    const checks = await verifyNetwork(
      answering((machine, command) => {
        commands.push(machine);
        if (command.includes("--client")) return iperf;
        return pingOutput(100, 0, command.includes("127.0.255.254") ? 5.7 : 101, 1);
      }),
      testbed,
      () => undefined,
    );
    expect(checks).toHaveLength(1);
    expect(checks[0]).toMatchObject({ link: "cloud-endpoint", from: "cloud-0", to: "endpoint-0" });
    expect(checks[0]!.roundTrip).toMatchObject({ verdict: "ok" });
    expect(checks[0]!.roundTrip.measuredMs).toBeCloseTo(101 - 11.4);
    expect(checks[0]).toMatchObject({ jitter: "off", loss: { lost: 0, verdict: "ok" } });
    expect([checks[0]!.rate, checks[0]!.rateDown]).toMatchObject(Array(2).fill({ wantedMbit: 7.21, verdict: "ok" }));
    expect(offLinks(checks)).toEqual(["cloud-endpoint: jitter"]);
    expect(checks[0]!.tries).toBe(2);
    // Two floors, one ping, then the server on the upper tier and the client on the lower one, twice; and all again.
    const once = ["cloud-0", "endpoint-0", "cloud-0", "cloud-0", "endpoint-0", "cloud-0", "endpoint-0"];
    expect(commands).toEqual([...once, ...once]);
  });

  test("on several hosts the floor is measured to the lower machine's, so the way between hosts counts once", async () => {
    const hosts = { cloud: "lab1", edge: "lab1", endpoint: "lab2" } as const;
    const pinged: string[] = [];
    await verifyNetwork(
      answering((machine, command) => {
        pinged.push(`${machine} ${/(\S+) \|\| true$/.exec(command)?.[1] ?? command}`);
        return pingOutput(100, 0, 101);
      }),
      {
        ...testbed,
        links: [{ ...link, rateMbit: undefined, latencyMs: 50, jitterMs: 0 }],
        network: { ...testbed.network, hostAddresses: { lab1: "127.0.255.254", lab2: "127.0.255.253" } },
        machines: testbed.machines.map((machine) => ({ ...machine, host: hosts[machine.tier] })),
        tolerance: { ...defaultTolerances, latencyMs: 1000, jitterMs: 1000 },
      },
      () => undefined,
    );
    expect(pinged).toEqual(["cloud-0 127.0.255.253", "endpoint-0 127.0.255.253", "cloud-0 127.0.0.1"]);
  });

  test("what is off once and right when measured alone is right", async () => {
    let asked = 0;
    const quiet = { ...link, jitterMs: 0 };
    const checks = await verifyNetwork(
      answering((_, command) => {
        if (command.includes("--client")) return iperf;
        if (command.includes("127.0.255.254")) return pingOutput(100, 0, 5);
        asked += 1;
        return pingOutput(100, 0, asked === 1 ? 190 : 101);
      }),
      { ...testbed, links: [quiet] },
      () => undefined,
    );
    expect([checks[0]!.tries, offLinks(checks)]).toEqual([2, []]);
  });

  test("what is missing on a machine is told, and ends nothing", async () => {
    const checks = await verifyNetwork(
      answering((machine) => {
        throw new RemoteError({ name: machine, address: "10.0.0.1" }, "ping", "status 9", "no ping on this machine");
      }),
      testbed,
      () => undefined,
    );
    expect(checks[0]!.roundTrip.verdict).toBe("not measured");
    expect(checks[0]!.roundTrip.note).toBe("cloud-0: ping: status 9:\nno ping on this machine");
    expect(checks[0]!.rate!.verdict).toBe("not measured");
  });

  test("what was not measured is not called ok: a rate that only the processor would limit, or of hardly any packets", async () => {
    const emulated = { ...testbed, provider: { ...testbed.provider, accelerator: "tcg" } } as const;
    const up = { latencyMs: 45, jitterMs: 5, rateMbit: 1, lossPercent: 30 };
    const checks = await verifyNetwork(
      answering((_, command) =>
        command.includes("255.254") ? pingOutput(100, 0, 1, 0) : pingOutput(100, 30, 92.8, 7),
      ),
      { ...emulated, links: [{ ...link, rateMbit: 1000, up }] },
      () => undefined,
    );
    expect([checks[0]!.rateDown, checks[0]!.rate]).toEqual([
      { wantedMbit: 1000, verdict: "not measured", note: "above 100 Mbit/s the processor would be measured" },
      { wantedMbit: 1, verdict: "not measured", note: "more than 20 % of all packets are lost" },
    ]);
    expect([offLinks(checks), unmeasuredLinks(checks)]).toEqual([[], ["cloud-endpoint: rate down, rate up"]]);
    expect(networkCells(checks)[0]!.at(-1)).toBe("not measured: rate down, rate up");
  });
});
