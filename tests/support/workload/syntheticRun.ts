import type { Photo } from "../../../benchmarks/workloads/image-classification/metrics/join.ts";
import { seededRandom } from "../../../benchmarks/metrics/random.ts";
import type { ImageMeasurements } from "./imageReport.ts";
import { localTestbed } from "./localTestbed.ts";

/** A made-up run with the times that a real one had on emulated machines; the same for the same seed. */
export function syntheticPhotos(repetitions: number, each: number, seed = 7): Photo[] {
  const random = seededRandom(seed);
  const around = (middle: number, spread: number): number => middle + (random() + random() + random() - 1.5) * spread;
  return Array.from({ length: repetitions * each }, (_, i): Photo => {
    const [repetition, seq] = [Math.floor(i / each) + 1, i % each];
    const endpoint = seq % 2 === 0 ? "endpoint-0" : "endpoint-1";
    const sendDelayMs = Math.abs(around(1.5, 3));
    const way = {
      uplinkMs: around(293, 40),
      queueMs: random() < 0.2 ? around(120, 70) : around(1.2, 0.7),
      decodeMs: around(73, 20),
      inferenceMs: around(472, 60),
      respondMs: around(2, 1),
      downlinkMs: around(60, 12),
      clockUncertaintyMs: 0.31,
    };
    const { uplinkMs, queueMs, decodeMs, inferenceMs, respondMs, downlinkMs } = way;
    return {
      repetition,
      endpoint,
      worker: "cloud-0",
      seq,
      photo: `photo-${seq % 60}.jpg`,
      warmup: seq < each / 10,
      bytes: Math.round(around(68_000, 20_000)),
      intendedMs: 1_760_000_000_000 + repetition * 100_000 + seq * 1000,
      sendDelayMs,
      preprocMs: 0.05,
      endToEndMs: sendDelayMs + uplinkMs + queueMs + decodeMs + inferenceMs + respondMs + downlinkMs,
      label: "tabby, tabby cat",
      way,
    };
  });
}

/** Everything a report is made from, for the made-up photos, on a 4g testbed. */
export function syntheticMeasurements(repetitions = 3, each = 70): ImageMeasurements {
  const photos = syntheticPhotos(repetitions, each);
  const link = { jitterMs: 5, rateMbit: 7.21, lossPercent: 0 };
  const near = { ...link, latencyMs: 7.5, jitterMs: 2.5 };
  return {
    testbed: {
      ...localTestbed,
      name: "quickstart",
      provider: { kind: "libvirt", host: "embedded", accelerator: "tcg" },
      machines: localTestbed.machines.map((machine, i) => ({ ...machine, address: `10.83.${i * 64}.1` })),
      links: [
        { ...near, name: "cloud-edge", from: "cloud", to: "edge", rateMbit: 1000 },
        { ...link, name: "cloud-endpoint", from: "cloud", to: "endpoint", latencyMs: 45 },
        { ...near, name: "edge-endpoint", from: "edge", to: "endpoint" },
        { ...near, name: "endpoint-endpoint", from: "endpoint", to: "endpoint", rateMbit: undefined },
      ],
    },
    benchmark: {
      workload: "image-classification",
      worker: "cloud",
      broker: "edge",
      rateHz: 1,
      durationS: 63,
      warmupS: 7,
      repetitions,
      tcpSlowStartAfterIdle: true,
      thresholds: [
        { text: "p95 end_to_end < 1200 ms", statistic: "p95", metric: "end_to_end", comparison: "<", limitMs: 1200 },
        { text: "mean queue <= 5 ms", statistic: "mean", metric: "queue", comparison: "<=", limitMs: 5 },
      ],
    },
    startedAt: "2026-03-04T10:11:12.000Z",
    endedAt: "2026-03-04T10:21:00.000Z",
    network: [
      {
        link: "cloud-edge",
        from: "cloud-0",
        to: "edge-0",
        roundTrip: { wantedMs: 15, measuredMs: 15.4, floorMs: 1.3, wantedSdMs: 3.54, measuredSdMs: 3.7, verdict: "ok" },
        rate: { wantedMbit: 1000, verdict: "not measured", note: "above 100 Mbit/s the processor would be measured" },
      },
      {
        link: "cloud-endpoint",
        from: "cloud-0",
        to: "endpoint-0",
        roundTrip: { wantedMs: 90, measuredMs: 91.2, floorMs: 1.3, wantedSdMs: 7.07, measuredSdMs: 6.4, verdict: "ok" },
        rate: { wantedMbit: 7.21, measuredMbit: 6.94, verdict: "ok" },
      },
      {
        link: "edge-endpoint",
        from: "edge-0",
        to: "endpoint-0",
        roundTrip: {
          wantedMs: 15,
          measuredMs: 22.1,
          floorMs: 1.4,
          wantedSdMs: 3.54,
          measuredSdMs: 8.1,
          verdict: "off",
        },
        rate: { wantedMbit: 7.21, measuredMbit: 6.89, verdict: "ok" },
      },
    ],
    repetitions: Array.from({ length: repetitions }, (_, i) => ({
      repetition: i + 1,
      startedAt: "2026-03-04T10:12:00.000Z",
      sustained: true,
      reasons: [],
      planned: 126,
      sent: 126,
      answered: 126,
      backlogGrowth: 0.12,
      busyShare: { "cloud-0": 0.55 },
      clocks: {
        "cloud-0": { offsetMs: -812.4, uncertaintyMs: 0.12, driftPpm: 5.9, stepMs: 0 },
        "endpoint-0": { offsetMs: 310.02, uncertaintyMs: 0.19, driftPpm: 0.1, stepMs: 0 },
      },
      hostLoad: 1.4,
    })),
    samples: photos,
    results: [
      {
        role: "publisher",
        id: "endpoint-0",
        outcome: "completed",
        clockUncertaintyMs: 0,
        clockStepMs: 0,
        versions: {},
        catalogue: [
          { file: "photo-1.jpg", labels: ["tabby, tabby cat"] },
          { file: "photo-2.jpg", labels: ["Egyptian cat", "lynx, catamount"] },
        ],
      },
    ],
    provenance: {
      strata: "0.1.0",
      commit: "0123456789ab+",
      testbedHash: "f".repeat(64),
      image: "b4c1",
      accelerator: "tcg",
      host: { cpu: "A processor", cores: 2, memoryGiB: 24, kernel: "6.18.0" },
      model: "efficientnet-lite0-int8",
      versions: { node: "24.0.0", mqtt: "5.16.0", "onnxruntime-node": "1.30.0" },
    },
  };
}
