import { largest, smallest } from "../../../metrics/extent.ts";
import { measured, processingMs } from "./join.ts";
import type { Photo } from "./join.ts";
import { ascending, percentile } from "../../../metrics/statistics.ts";
import { groupBy } from "../../../metrics/groupBy.ts";

/** Whether the system kept up with the load of one repetition, and what that was judged by. */
export interface Sustained {
  sustained: boolean;
  /** What speaks against it, a sentence each; empty when sustained. */
  reasons: string[];
  planned: number;
  sent: number;
  answered: number;
  /** Photos on their way that were added over the measured time, by the trend. */
  backlogGrowth: number;
  /** Share of the measured time in which each worker was processing, 0 to 1. */
  busyShare: Record<string, number>;
}

/** A worker above this share has no reserve: then the latency is the length of a queue, not a property of the system. */
export const busyLimit = 0.98;

/**
 * Judges one repetition. Beyond its capacity a system answers ever later, and a latency measured there depends on how
 * long one measured; so such a run is called "not sustained". It is not sustained when photos went unsent or unanswered,
 * when the number of photos on their way grew by more than 2 and by more than 5 % of those sent, when a worker was busy
 * more than 98 % of the time, or when the publisher itself was late by more than one interval (p99).
 * @param photos of one repetition. @param planned photos that each endpoint was to send in the measured time.
 */
export function judgeSustained(
  photos: readonly Photo[],
  planned: ReadonlyMap<string, number>,
  rateHz: number,
): Sustained {
  const counted = measured(photos);
  const plannedTotal = [...planned.values()].reduce((sum, count) => sum + count, 0);
  const answered = counted.filter((photo) => photo.endToEndMs !== undefined).length;
  const growth = backlogGrowth(counted);
  const busyShare = busyShares(counted);
  const intervalMs = 1000 / rateHz;
  const lateness = percentile(ascending(counted.map((photo) => photo.sendDelayMs)), 0.99);

  const reasons: string[] = [];
  if (counted.length < plannedTotal) reasons.push(`${counted.length} of ${plannedTotal} photos were sent`);
  if (answered < counted.length)
    reasons.push(`${counted.length - answered} of ${counted.length} photos were not answered`);
  if (growth > Math.max(2, 0.05 * counted.length)) {
    reasons.push(`the number of photos on their way grew by ${growth.toFixed(1)} over the measured time`);
  }
  for (const [worker, share] of Object.entries(busyShare)) {
    if (share > busyLimit) reasons.push(`${worker} was busy ${(share * 100).toFixed(0)} % of the time`);
  }
  if (lateness > intervalMs) {
    reasons.push(
      `the publisher was late itself: p99 ${lateness.toFixed(0)} ms at an interval of ${intervalMs.toFixed(0)} ms`,
    );
  }
  return {
    sustained: reasons.length === 0,
    reasons,
    planned: plannedTotal,
    sent: counted.length,
    answered,
    backlogGrowth: growth,
    busyShare,
  };
}

/**
 * Growth of the number of photos on their way (sent and unanswered), looked at just before each sending: slope of the
 * least-squares line times the measured time. Photos that were never answered stay on their way.
 */
export function backlogGrowth(photos: readonly Photo[]): number {
  if (photos.length < 2) return 0;
  const sentAt = ascending(photos.map((photo) => photo.intendedMs));
  const answeredAt = ascending(
    photos.flatMap((photo) => (photo.endToEndMs === undefined ? [] : [photo.intendedMs + photo.endToEndMs])),
  );
  let answered = 0;
  const onTheirWay = sentAt.map((at, sent) => {
    while ((answeredAt[answered] ?? Infinity) <= at) answered += 1;
    return { x: at, y: sent - answered };
  });
  // The first photos after an empty system always find fewer before them; they are no trend.
  const settled = onTheirWay.slice(Math.floor(onTheirWay.length / 10));
  return slope(settled) * ((sentAt.at(-1) ?? 0) - (sentAt[0] ?? 0));
}

function slope(points: readonly { x: number; y: number }[]): number {
  const meanX = points.reduce((sum, { x }) => sum + x, 0) / points.length;
  const meanY = points.reduce((sum, { y }) => sum + y, 0) / points.length;
  const covariance = points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0);
  const variance = points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  return variance === 0 ? 0 : covariance / variance;
}

/** Processing time over the time from the first measured photo's sending to the last one's end of work, by worker. */
function busyShares(photos: readonly Photo[]): Record<string, number> {
  const shares: Record<string, number> = {};
  for (const [worker, own] of groupBy(photos, (photo) => photo.worker)) {
    const work = own.flatMap(({ way, intendedMs, sendDelayMs }) => {
      if (!way) return [];
      const busyMs = processingMs(way);
      return [{ fromMs: intendedMs, busyMs, toMs: intendedMs + sendDelayMs + way.uplinkMs + way.queueMs + busyMs }];
    });
    if (work.length === 0) continue;
    const busyMs = work.reduce((sum, one) => sum + one.busyMs, 0);
    const spanMs = largest(work.map((one) => one.toMs)) - smallest(work.map((one) => one.fromMs));
    // One photo alone spans its own latency; a share needs a stream.
    if (work.length > 1 && spanMs > 0) shares[worker] = busyMs / spanMs;
  }
  return shares;
}
