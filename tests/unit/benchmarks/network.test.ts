import type { MachineOutputs } from "../../../components/contract/testbed.ts";
import { linkedPairs } from "../../../benchmarks/network/pairs.ts";
import { judgeRate, parseIperf } from "../../../benchmarks/network/rate.ts";
import { judgeRoundTrip, parsePing } from "../../../benchmarks/network/roundTrip.ts";
import { verifyNetwork } from "../../../benchmarks/network/verify.ts";
import { RemoteError } from "../../../benchmarks/transport/transport.ts";
import type { Transport } from "../../../benchmarks/transport/transport.ts";
import { localTestbed } from "../../support/workload/localTestbed.ts";

const pingOutput = (received: number, mean: number): string => `PING 10.0.0.1 (10.0.0.1) 56(84) bytes of data.

--- 10.0.0.1 ping statistics ---
20 packets transmitted, ${received} received, 10% packet loss, time 3814ms
rtt min/avg/max/mdev = 80.1/${mean}/99.9/6.25 ms
`;

const link = {
  name: "cloud-endpoint",
  from: "cloud",
  to: "endpoint",
  latencyMs: 45,
  jitterMs: 5,
  rateMbit: 7.21,
  lossPercent: 0,
} as const;

describe("round trips", () => {
  test("ping's summary is read", () => {
    expect(parsePing(pingOutput(18, 91.5))).toEqual({ sent: 20, received: 18, meanMs: 91.5, sdMs: 6.25 });
    expect(parsePing("20 packets transmitted, 0 received, 100% packet loss, time 1ms\n")).toBeUndefined();
  });

  test("the floor is taken off and both figures are kept", () => {
    const ping = { sent: 20, received: 20, meanMs: 92.5, sdMs: 6.25 };
    expect(judgeRoundTrip(link, ping, 1.5)).toEqual({
      wantedMs: 90,
      measuredMs: 91,
      floorMs: 1.5,
      wantedSdMs: Math.SQRT2 * 5,
      measuredSdMs: 6.25,
      lossPercent: 0,
      verdict: "ok",
    });
    expect(judgeRoundTrip(link, { ...ping, meanMs: 46 }, 1.5).verdict).toBe("off");
    expect(judgeRoundTrip(link, { ...ping, meanMs: 130 }, 1.5).verdict).toBe("off");
    expect(judgeRoundTrip(link, ping, undefined).note).toBe("the floor is not known and taken as 0");
  });
});

describe("rates", () => {
  test("iperf3's report is read, its own words are the error", () => {
    expect(parseIperf('{"end":{"sum_received":{"bits_per_second":6890000}}}')).toBe(6.89);
    expect(() => parseIperf('{"error":"unable to connect"}')).toThrow("unable to connect");
  });

  test("payload counts with its headers; too fast is as wrong as too slow", () => {
    expect(judgeRate(7.21, 6.89)).toEqual({ wantedMbit: 7.21, measuredMbit: (6.89 * 1514) / 1448, verdict: "ok" });
    expect(judgeRate(7.21, 5.5).verdict).toBe("off");
    expect(judgeRate(7.21, 40).verdict).toBe("off");
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

describe("verifyNetwork", () => {
  const transport = (answer: (machine: string, command: string) => string): Transport => ({
    run: async (machine, command) => {
      await Promise.resolve();
      return answer(machine.name, command);
    },
    serve: () => Promise.reject(new Error("not used here")),
    besideMachines: (command) => [...command],
  });
  const testbed = { ...localTestbed, links: [link] };

  test("measures round trip and rate of a link", async () => {
    const commands: string[] = [];
    const checks = await verifyNetwork(
      transport((machine, command) => {
        commands.push(machine);
        if (command.includes("--client")) return '{"end":{"sum_received":{"bits_per_second":6890000}}}';
        return command.includes("-c 8") ? pingOutput(20, 0.7) : pingOutput(20, 91.9);
      }),
      testbed,
      () => undefined,
    );
    expect(checks).toHaveLength(1);
    expect(checks[0]).toMatchObject({ link: "cloud-endpoint", from: "cloud-0", to: "endpoint-0" });
    expect(checks[0]!.roundTrip).toMatchObject({ measuredMs: 90.5, floorMs: 1.4, verdict: "ok" });
    expect(checks[0]!.rate).toMatchObject({ wantedMbit: 7.21, verdict: "ok" });
    // Two floors, one ping, then the server on the upper tier and the client on the lower one.
    expect(commands).toEqual(["cloud-0", "endpoint-0", "cloud-0", "cloud-0", "endpoint-0"]);
  });

  test("what is missing on a machine is told, and ends nothing", async () => {
    const checks = await verifyNetwork(
      transport((machine) => {
        throw new RemoteError({ name: machine, address: "10.0.0.1" }, "ping", "status 9", "no ping on this machine");
      }),
      testbed,
      () => undefined,
    );
    expect(checks[0]!.roundTrip.verdict).toBe("not measured");
    expect(checks[0]!.roundTrip.note).toBe("cloud-0: ping: status 9:\nno ping on this machine");
    expect(checks[0]!.rate!.verdict).toBe("not measured");
  });

  test("a rate that only the processor would limit is not measured", async () => {
    const emulated = { ...testbed, provider: { ...testbed.provider, accelerator: "tcg" } } as const;
    const checks = await verifyNetwork(
      transport(() => pingOutput(20, 91.9)),
      { ...emulated, links: [{ ...link, rateMbit: 1000 }] },
      () => undefined,
    );
    expect(checks[0]!.rate).toEqual({
      wantedMbit: 1000,
      verdict: "not measured",
      note: "above 100 Mbit/s the processor would be measured",
    });
  });
});
