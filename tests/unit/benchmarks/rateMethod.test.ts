import { rateMethod, type RateQuestion } from "../../../benchmarks/network/rateMethod.ts";
import { offLinks } from "../../../benchmarks/network/result.ts";
import { verifyNetwork } from "../../../benchmarks/network/verify.ts";
import { localTestbed } from "../../support/workload/localTestbed.ts";
import { answering, link, pingOutput } from "../../support/workload/measuredLink.ts";

const testbed = { ...localTestbed, links: [link] };

/** What iperf3 prints of datagrams that arrive at a rate on the wire, and of how many its server sent. */
const paced = (wireMbit: number, bytes: number, sentMbit?: number): string => {
  const payload = (mbit: number): number => (mbit * 1e6 * bytes) / (bytes + 42);
  const sent = { end: { sum_sent: { bits_per_second: payload(sentMbit ?? 0) } } };
  return JSON.stringify({
    end: { sum_received: { bits_per_second: payload(wireMbit) } },
    ...(sentMbit === undefined ? {} : { server_output_json: sent }),
  });
};

test("a satellite's rates, and one of 20 kbit/s, are measured by datagrams and as asked for", async () => {
  const commands: string[] = [];
  const up = { latencyMs: 300, jitterMs: 0, rateMbit: 0.02, lossPercent: 0 };
  const checks = await verifyNetwork(
    answering((machine, command) => {
      if (command.includes("--client")) commands.push(`${machine} ${command}`);
      if (command.includes("--client") && machine === "endpoint-0") return paced(99.7, 1448, 114);
      if (command.includes("--client")) return paced(0.0199, 64);
      return pingOutput(100, 0, command.includes("127.0.255.254") ? 1 : 602 + 40, 0);
    }),
    { ...testbed, links: [{ ...link, jitterMs: 0, latencyMs: 300, rateMbit: 100, up }] },
    () => undefined,
  );
  expect(offLinks(checks)).toEqual([]);
  expect([checks[0]!.rate!.verdict, checks[0]!.rateDown!.verdict]).toEqual(["ok", "ok"]);
  const options = "--udp --reverse";
  expect(commands).toEqual([
    // 106 bytes on the wire, 100 of them in 4.24 s; the sender is the lower machine.
    `cloud-0 iperf3 --client 127.0.0.1 --port 5201 ${options} --bitrate 13887 --length 64 --time 5 --omit 2 --json --connect-timeout 16000 || true`,
    `endpoint-0 iperf3 --client 127.0.0.1 --port 5201 ${options} --bitrate 111758389 --length 1448 --time 3 --omit 2 --json --connect-timeout 14000 --get-server-output || true`,
  ]);
});

test("a sender that is slower than the link tells nothing of the link", async () => {
  const up = { latencyMs: 300, jitterMs: 0, lossPercent: 0 };
  const [check] = await verifyNetwork(
    answering((_, command) =>
      command.includes("--client") ? paced(61, 1448, 61) : pingOutput(100, 0, command.includes("255.254") ? 1 : 602, 0),
    ),
    { ...testbed, links: [{ ...link, jitterMs: 0, latencyMs: 300, rateMbit: 100, up }] },
    () => undefined,
  );
  expect(check!.rateDown).toEqual({
    wantedMbit: 100,
    verdict: "not measured",
    note: "cloud-0 itself sent only 61.00 Mbit/s",
  });
});

test("how a rate is measured follows the link, never takes longer than two minutes, and says why it can't", () => {
  const question = { wantedMbit: 10, roundTripMs: 20, jitterMs: 0, lossPercent: 0, highestMbit: 100 };
  const of = (more: Partial<RateQuestion>): string => {
    const method = rateMethod({ ...question, slowestMbit: more.wantedMbit ?? 10, ...more });
    if (method.kind !== "udp") return method.kind === "none" ? method.reason : method.kind;
    return `${method.payloadBytes} bytes, ${method.omitSeconds} + ${method.seconds} s, limit ${method.limitSeconds} s`;
  };
  expect(of({})).toBe("tcp");
  // Presets 4g, 5g and 3g.
  expect([of({ wantedMbit: 7.21, roundTripMs: 90 }), of({ wantedMbit: 29.66, roundTripMs: 90 })]).toEqual([
    "tcp",
    "tcp",
  ]);
  expect(of({ wantedMbit: 1.6, roundTripMs: 300 })).toBe("1448 bytes, 2 + 3 s, limit 9 s");
  expect(of({ wantedMbit: 100, roundTripMs: 600 })).toBe("1448 bytes, 2 + 3 s, limit 12 s");
  expect(of({ wantedMbit: 0.02 })).toBe("64 bytes, 2 + 5 s, limit 10 s");
  // The least that a file may ask for: 35 packets.
  expect(of({ wantedMbit: 0.001 })).toBe("64 bytes, 2 + 30 s, limit 81 s");
  expect(of({ lossPercent: 5 })).toBe("1448 bytes, 2 + 3 s, limit 6 s");
  expect(of({ roundTripMs: 10_000 })).toBe("1448 bytes, 11 + 3 s, limit 115 s");
  expect(of({ roundTripMs: 12_000 })).toBe("a round trip takes 12000 ms: it would need 137 s, and 120 are the most");
});
