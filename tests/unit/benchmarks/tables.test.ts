import { observe } from "../../../benchmarks/workloads/image-classification/metrics/latency.ts";
import { breakdown } from "../../../benchmarks/workloads/image-classification/metrics/breakdown.ts";
import type { Photo, Way } from "../../../benchmarks/workloads/image-classification/metrics/join.ts";
import { labelAccuracy } from "../../../benchmarks/workloads/image-classification/metrics/labels.ts";
import { endpointTable, workerTable } from "../../../benchmarks/workloads/image-classification/metrics/tables.ts";
import { checkThresholds } from "../../../benchmarks/metrics/thresholds.ts";

const way: Way = {
  uplinkMs: 100,
  queueMs: 10,
  decodeMs: 30,
  inferenceMs: 200,
  respondMs: 2,
  downlinkMs: 56,
  clockUncertaintyMs: 0.4,
};

function photo(seq: number, change: Partial<Photo> = {}, wayChange: Partial<Way> = {}): Photo {
  return {
    repetition: 1,
    endpoint: "endpoint-0",
    worker: "cloud-0",
    seq,
    photo: "a.jpg",
    warmup: false,
    bytes: 60_000,
    intendedMs: 1000 * seq,
    sendDelayMs: 2,
    preprocMs: 0.1,
    endToEndMs: 400,
    label: "cat",
    way: { ...way, ...wayChange },
    ...change,
  };
}

/** A warm-up photo, two measured ones and one that was not answered. */
const photos = [
  photo(0, { warmup: true, endToEndMs: 9000 }),
  photo(1),
  photo(2, { bytes: 80_000, endToEndMs: 460, preprocMs: 0.3, label: "dog" }, { queueMs: 50, inferenceMs: 220 }),
  photo(3, { endToEndMs: undefined, label: undefined, way: undefined }),
];

test("the worker table, by hand", () => {
  // Received at 1102 and 2102, ready at 1344 and 2404; delays 110 and 150; work 232 and 252.
  expect(workerTable(photos)).toEqual([
    {
      worker_id: "cloud-0",
      photos: 2,
      total_time_s: (2102 + 50 + 252 - 1102) / 1000,
      delay_avg_ms: 130,
      delay_stdev_ms: Math.sqrt(800),
      delay_clock_ms: 0.4,
      proc_time_ms: 242,
    },
  ]);
});

test("the endpoint table, by hand", () => {
  expect(endpointTable(photos)).toEqual([
    {
      endpoint_id: "endpoint-0",
      connected_to: "cloud-0",
      photos: 2,
      total_time_s: (2460 - 1000) / 1000,
      preproc_time_ms: 0.2,
      data_size_avg_kB: 70,
      latency_avg_ms: 430,
      latency_stdev_ms: Math.sqrt(1800),
    },
  ]);
});

test("total times of repetitions add up, the pause between them does not count", () => {
  const later = [photo(1, { repetition: 2, intendedMs: 50_000 }), photo(2, { repetition: 2, intendedMs: 51_000 })];
  expect(endpointTable([...photos, ...later])[0]!.total_time_s).toBeCloseTo(1.46 + 1.4, 12);
});

test("the breakdown's parts are means over answered photos", () => {
  expect(breakdown(photos)).toEqual([
    {
      endpoint: "endpoint-0",
      worker: "cloud-0",
      photos: 2,
      meanMs: { lateness: 2, uplink: 100, queue: 30, decode: 30, inference: 210, respond: 2, downlink: 56 },
      clockUncertaintyMs: 0.4,
    },
  ]);
});

test("labels count for photos whose content is known", () => {
  const catalogue = new Map([["a.jpg", ["cat", "kitten"]]]);
  expect(labelAccuracy([...photos, photo(4, { photo: "unknown.jpg" })], catalogue)).toEqual({
    known: 2,
    right: 1,
    wrong: [{ photo: "a.jpg", label: "dog", accepted: ["cat", "kitten"] }],
  });
});

const of = (own: readonly Photo[]) => (metric: string) => observe(own, metric);

test("thresholds hold, fail at the limit where they must be below it, and fail with nothing measured", () => {
  const threshold = { text: "max end_to_end < 460 ms", statistic: "max", metric: "end_to_end", limitMs: 460 } as const;
  expect(checkThresholds(of(photos), [{ ...threshold, comparison: "<" }])[0]).toEqual({
    text: threshold.text,
    limitMs: 460,
    measuredMs: 460,
    met: false,
  });
  expect(checkThresholds(of(photos), [{ ...threshold, comparison: "<=" }])[0]!.met).toBe(true);
  expect(checkThresholds(of([photos[0]!]), [{ ...threshold, comparison: "<=" }])[0]).toEqual({
    text: threshold.text,
    limitMs: 460,
    met: false,
  });
});
