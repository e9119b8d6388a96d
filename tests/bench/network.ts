import { join } from "node:path";
import { offLinks } from "../../benchmarks/network/result.ts";
import { verifyNetwork } from "../../benchmarks/network/verify.ts";
import { networkText } from "../../benchmarks/report/networkTable.ts";
import { sshTransport } from "../../benchmarks/transport/ssh.ts";
import { mean, standardDeviation } from "../../benchmarks/metrics/statistics.ts";
import { readTestbed } from "../../components/standing/read.ts";
import type { TestbedArgs } from "../../components/experiment/whole/testbed.ts";
import type { Bench, Figure } from "./bench.ts";
import { BenchStack } from "./benchStack.ts";
import { testbedMissing } from "./missing.ts";
import { interval95, NetworkProbe } from "./networkProbe.ts";
import { writeNetworkFigures, type NetworkMeasurements } from "./networkFigures.ts";

type Links = NonNullable<TestbedArgs["links"]>;
type Link = NonNullable<Links["cloud-endpoint"]>;

const latencies = [1, 7.5, 45, 150] as const;
const jitters = [
  { latency: 20, jitter: 2, distribution: "normal" },
  { latency: 45, jitter: 5, distribution: "normal" },
  { latency: 20, jitter: 2, distribution: "pareto" },
  { latency: 20, jitter: 2, distribution: "uniform" },
] as const;
/** The last is tried downwards, until one is carried. */
const rates = [1, 7.21, 29.66] as const;
const highRates = [200, 100, 50] as const;
const losses = [0.1, 1, 5] as const;

const base: TestbedArgs = {
  provider: { kind: "libvirt", host: "embedded" },
  tiers: { cloud: { count: 1, memory: "512 MiB" }, endpoint: { count: 1, memory: "512 MiB" } },
};

/**
 * How exactly links do what they are asked for, on two real machines. Everything is set on the way down alone, so that a
 * round trip less the floor is one way; the floor is the round trip without any rule.
 */
export const network: Bench = {
  name: "network",
  title: "links against what they are asked for; writes docs/network.md",
  missing: () => testbedMissing([]),
  async run(say) {
    const stack = await BenchStack.create("bench-network", base);
    try {
      await stack.up();
      const testbed = readTestbed(await stack.output(), stack.name);
      const probe = new NetworkProbe(testbed, join(stack.state, "stacks", stack.name));
      const link = async (shape: Link, more: Partial<Links> = {}): Promise<void> => {
        await stack.configure({ ...base, links: { "cloud-endpoint": shape, ...more } });
        await stack.up();
      };
      const found = await measure(probe, link, say);
      const visible = await visibleAfter(stack, probe);
      say(`a change is visible ${visible.toFixed(1)} s after pulumi up begins to apply`);
      const off = await verified(stack, say);
      const measured = { ...found, accelerator: testbed.provider.accelerator ?? "kvm", visibleS: visible, off };
      const figures = figuresOf(measured);
      writeNetworkFigures(measured, figures);
      return figures;
    } finally {
      await stack.remove();
    }
  },
};

async function measure(
  probe: NetworkProbe,
  link: (shape: Link, more?: Partial<Links>) => Promise<void>,
  say: (text: string) => void,
): Promise<Omit<NetworkMeasurements, "accelerator" | "visibleS" | "off">> {
  await probe.ping(20, 20);
  const floor = await probe.ping(300, 20);
  const unshapedMbit = await probe.rate("down");
  say(`floor ${floor.meanMs.toFixed(3)} ms, sd ${floor.sdMs.toFixed(3)} ms; ${unshapedMbit.toFixed(0)} Mbit/s`);

  const latency: NetworkMeasurements["latency"] = [];
  for (const wantedMs of latencies) {
    await link({ down: { latency: `${wantedMs} ms` } });
    const { meanMs, sdMs, received } = await probe.ping(150, 20);
    latency.push({ wantedMs, measuredMs: meanMs - floor.meanMs, sdMs, received });
    say(`latency ${wantedMs} ms: ${(meanMs - floor.meanMs).toFixed(3)} ms`);
  }
  const jitter: NetworkMeasurements["jitter"] = [];
  for (const { latency: wantedMs, jitter: wantedSdMs, distribution } of jitters) {
    const shape = { latency: `${wantedMs} ms`, jitter: `${wantedSdMs} ms`, jitterDistribution: distribution } as const;
    await link({ down: shape });
    const { times } = await probe.ping(600, Math.max(16, 8 * wantedSdMs) / (wantedSdMs > 3 ? 2 : 1));
    const sdMs = Math.sqrt(Math.max(0, standardDeviation(times) ** 2 - floor.sdMs ** 2));
    const delays = times.map((time) => time - floor.meanMs);
    jitter.push({ distribution, wantedMs, wantedSdMs, measuredMs: mean(delays), measuredSdMs: sdMs, delays });
    say(`jitter ${wantedSdMs} ms (${distribution}): ${sdMs.toFixed(2)} ms`);
  }
  const rate = await measureRates(probe, link, say);
  const loss: NetworkMeasurements["loss"] = [];
  for (const wantedPercent of losses) {
    await link({ down: { loss: `${wantedPercent} %` } });
    const { sent, lost } = await probe.flood(wantedPercent < 1 ? 10_000 : 4000);
    loss.push({ wantedPercent, sent, lost, interval: interval95(sent, wantedPercent / 100) });
    say(`loss ${wantedPercent} %: ${lost} of ${sent}`);
  }
  await link({ latency: "20 ms", rate: "7.21 Mbit" });
  const steady = await probe.rate("down");
  await link({ latency: "20 ms", rate: "7.21 Mbit", down: { jitter: "5 ms" } });
  const jittery = await probe.rate("down");
  say(`TCP at 7.21 Mbit/s: ${steady.toFixed(2)} without jitter, ${jittery.toFixed(2)} with it`);
  return { floor, unshapedMbit, latency, jitter, rate, loss, tcp: { steadyMbit: steady, jitteryMbit: jittery } };
}

async function measureRates(
  probe: NetworkProbe,
  link: (shape: Link, more?: Partial<Links>) => Promise<void>,
  say: (text: string) => void,
): Promise<NetworkMeasurements["rate"]> {
  const found: NetworkMeasurements["rate"] = [];
  const one = async (wantedMbit: number, direction: "up" | "down", shared = false): Promise<number> => {
    const measuredMbit = await probe.rate(direction);
    found.push({ wantedMbit, measuredMbit, shared });
    say(`rate ${wantedMbit} Mbit/s${shared ? " of all links" : ""}: ${measuredMbit.toFixed(3)}`);
    return Math.abs(measuredMbit / wantedMbit - 1);
  };
  await link({ down: { rate: `${rates[0]} Mbit` }, up: { rate: `${rates[1]} Mbit` } });
  await one(rates[0], "down");
  await one(rates[1], "up");
  await link({ down: { rate: `${rates[2]} Mbit` } });
  await one(rates[2], "down");
  await link({ latency: "1 ms" }, { access: { endpoint: { up: "3 Mbit", down: "5 Mbit" } } });
  await one(3, "up", true);
  await one(5, "down", true);
  for (const rate of highRates) {
    await link({ down: { rate: `${rate} Mbit` } });
    if ((await one(rate, "down")) <= 0.03) break;
    // Not carried: the next lower one is tried, and this one is no figure of ours.
    if (rate !== highRates.at(-1)) found.pop();
  }
  return found;
}

/** Seconds from the engine's beginning to apply an edit of a link until the machine has the new value. */
async function visibleAfter(stack: BenchStack, probe: NetworkProbe): Promise<number> {
  await stack.configure({ ...base, links: { "cloud-endpoint": { latency: "33 ms" } } });
  const seen = probe.seen("delay 33ms");
  const begun = await stack.upFrom("Updating (");
  return ((await seen) - begun) / 1000;
}

/** What `strata verify network` finds off on a link of 4g. */
async function verified(stack: BenchStack, say: (text: string) => void): Promise<string[]> {
  await stack.configure({ ...base, links: { preset: "4g" } });
  await stack.up();
  const testbed = readTestbed(await stack.output(), stack.name);
  const transport = sshTransport(testbed, join(stack.state, "stacks", stack.name));
  const checks = await verifyNetwork(transport, testbed, () => undefined);
  say(`strata verify network:\n${networkText(checks)}`);
  return offLinks(checks);
}

function figuresOf({ latency, jitter, rate, loss, tcp, visibleS, off }: NetworkMeasurements): Figure[] {
  const percent = (measured: number, wanted: number): number => Math.abs(measured / wanted - 1) * 100;
  return [
    ...latency.map(({ wantedMs, measuredMs }): Figure => ({
      name: `latency of ${wantedMs} ms, error`,
      measured: Math.abs(measuredMs - wantedMs),
      limit: Math.max(0.3, 0.01 * wantedMs),
      unit: "ms",
      detail: `${measuredMs.toFixed(3)} ms`,
    })),
    ...jitter.map(({ wantedSdMs, measuredSdMs, distribution, wantedMs }): Figure => ({
      name: `jitter of ${wantedSdMs} ms on ${wantedMs} ms, ${distribution}, error`,
      measured: percent(measuredSdMs, wantedSdMs),
      limit: 10,
      unit: "%",
      detail: `${measuredSdMs.toFixed(3)} ms`,
    })),
    ...rate.map(({ wantedMbit, measuredMbit, shared }): Figure => ({
      name: `rate of ${wantedMbit} Mbit/s${shared ? ", shared by all links" : ""}, error`,
      measured: percent(measuredMbit, wantedMbit),
      limit: 3,
      unit: "%",
      detail: `${measuredMbit.toFixed(3)} Mbit/s`,
    })),
    ...loss.map(({ wantedPercent, sent, lost, interval: [low, high] }): Figure => {
      const expected = (sent * wantedPercent) / 100;
      return {
        name: `loss of ${wantedPercent} %, packets off`,
        measured: Math.abs(lost - expected),
        limit: lost < expected ? expected - low : high - expected,
        unit: "",
        detail: `${lost} of ${sent}; 95 % interval ${low} to ${high}`,
      };
    }),
    {
      name: "TCP's rate lost to jitter",
      measured: Math.max(0, (1 - tcp.jitteryMbit / tcp.steadyMbit) * 100),
      limit: 5,
      unit: "%",
      detail: `${tcp.jitteryMbit.toFixed(2)} against ${tcp.steadyMbit.toFixed(2)} Mbit/s, 20 +- 5 ms`,
    },
    {
      name: "links of 4g that `strata verify network` finds off",
      measured: off.length,
      limit: 0,
      unit: "",
      detail: off.join("; ") || "round trip, jitter, loss and both rates as asked for",
    },
    { name: "edit of a link, visible in the machine", measured: visibleS, limit: 3, unit: "s", detail: "one edit" },
  ];
}
