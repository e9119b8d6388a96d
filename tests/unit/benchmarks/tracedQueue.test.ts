import { planTestbed } from "../../../components/plan/whole/plan.ts";
import { shapingBatch } from "../../../providers/strata/net/batch.ts";
import { drivenTrace, throughMahimahi, type Arrival, type Passing } from "../../support/mahimahi.ts";
import { throughQueues } from "../../support/simulatedQueues.ts";
import { specOf } from "../../support/spec.ts";

const windowMs = 100;
const spanMs = 10_000;
const seconds = 150;

/** A machine's rules with a trace on its link to the endpoint, as Strata makes them of the trace's text. */
function rulesOf(times: readonly number[]): string {
  const trace = { file: "x.mahi", content: `${times.join("\n")}\n` };
  const links = { "cloud-endpoint": { trace } };
  const { machines } = planTestbed("lab", specOf({ cloud: 1, edge: 1, endpoint: 1 }, { links }));
  return shapingBatch({ rules: machines[0]?.shaping ?? {} }, "eth0");
}

/** Packets of a size, evenly spread. */
function steady(mbit: number, bytes: number, seconds: number): Arrival[] {
  const apartMs = (bytes * 8) / (mbit * 1000);
  return Array.from({ length: Math.floor((seconds * 1000) / apartMs) }, (_, i) => ({ ms: i * apartMs, bytes }));
}

/** Bytes that have left before each ms. */
function leftBefore(passed: readonly Passing[]): (ms: number) => number {
  const sums = new Float64Array(seconds * 1000 + 1);
  for (const { leftMs, bytes } of passed) {
    const ms = Math.floor(leftMs) + 1;
    if (ms < sums.length) sums[ms] = sums[ms]! + bytes;
  }
  for (let ms = 1; ms < sums.length; ms += 1) sums[ms] = sums[ms]! + sums[ms - 1]!;
  return (ms) => sums[Math.max(0, Math.min(sums.length - 1, ms))]!;
}

function meanDelay(passed: readonly Passing[], fromMs: number): number {
  let [sum, count] = [0, 0];
  for (const { arrivedMs, leftMs } of passed) {
    if (arrivedMs < fromMs || arrivedMs >= fromMs + spanMs) continue;
    sum += leftMs - arrivedMs;
    count += 1;
  }
  return sum / count;
}

/** In any ten seconds: delay and bytes within a tenth; beside it a window of time, which a change is coarser by. */
function expectAlike(wanted: readonly Passing[], found: readonly Passing[], endMs: number, floorMs: number): void {
  const [there, here] = [leftBefore(wanted), leftBefore(found)];
  for (let fromMs = 0; fromMs + spanMs <= endMs; fromMs += 500) {
    const bytes = here(fromMs + spanMs) - here(fromMs);
    const [least, most] = [floorMs, -floorMs].map((ms) => there(fromMs + spanMs - ms) - there(fromMs + ms));
    expect(bytes).toBeGreaterThanOrEqual(0.9 * least! - 1500);
    expect(bytes).toBeLessThanOrEqual(1.1 * most! + 1500);
    const delay = meanDelay(wanted, fromMs);
    // The last to come may not have left when the simulation ended.
    if (Number.isNaN(delay) || fromMs + spanMs > endMs - 30_000) continue;
    expect(Math.abs(meanDelay(found, fromMs) - delay)).toBeLessThanOrEqual(0.1 * delay + floorMs);
  }
}

const longest = (passed: readonly Passing[]): number =>
  Math.max(...passed.map(({ arrivedMs, leftMs }) => leftMs - arrivedMs));

test.each([
  [0.05, 100, 0],
  [0.5, 1500, 0],
  [0.5, 300, 40],
  [1.5, 1500, 20],
  [2, 1200, 40],
])("%f Mbit/s of %d bytes pass outages as in mahimahi, changes %d ms late", (mbit, bytes, lateMs) => {
  for (const seed of [1, 2, 3]) {
    const times = drivenTrace(seed, 60);
    const arrivals = steady(mbit, bytes, seconds);
    const [wanted, found] = [
      throughMahimahi(times, arrivals, seconds * 1000),
      throughQueues(rulesOf(times), arrivals, seconds * 1000, lateMs),
    ];
    // The model does have outages, of seconds.
    expect(longest(wanted)).toBeGreaterThan(1500);
    expectAlike(wanted, found, seconds * 1000, windowMs + lateMs);
    expect(Math.abs(longest(found) - longest(wanted))).toBeLessThanOrEqual(0.1 * longest(wanted) + windowMs + lateMs);
  }
});

test("more than the link carries, for a time: all of it is used, and nothing is dropped", () => {
  const times = drivenTrace(4, 60);
  const arrivals = steady(30, 1500, 3);
  const [wanted, found] = [
    throughMahimahi(times, arrivals, 60_000),
    throughQueues(rulesOf(times), arrivals, 60_000, 0),
  ];
  expect(found).toHaveLength(wanted.length);
  expectAlike(wanted, found, 60_000, windowMs);
});
