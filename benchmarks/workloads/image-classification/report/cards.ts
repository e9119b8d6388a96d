import { largest } from "../../../metrics/extent.ts";
import { figure, interval, percent } from "../../../report/format.ts";
import type { Card } from "../../../report/page/cards.ts";
import type { ImageReport } from "./schema.ts";

/** The figures one looks at first; none where no photo was answered. */
export const cards = (report: ImageReport): Card[] =>
  report.samples.answered === 0 ? [] : [...latencyCards(report), ...countCards(report)];

function latencyCards({ latency }: ImageReport): Card[] {
  const { end_to_end: whole, processing } = latency;
  if (!whole) return [];
  const { summary, intervals } = whole;
  const card = (title: string, value: number, note: string): Card => ({
    value: figure(value),
    unit: "ms",
    title,
    note,
  });
  return [
    card("End to end, median", summary.p50, `95 %: ${interval(intervals.p50)}`),
    card("End to end, p95", summary.p95, `95 %: ${interval(intervals.p95)}`),
    ...(processing
      ? [card("Processing, mean", processing.summary.mean, `95 %: ${interval(processing.intervals.mean)}`)]
      : []),
  ];
}

function countCards({ repetitions, accuracy }: ImageReport): Card[] {
  const sum = (key: "planned" | "answered"): number => repetitions.reduce((total, one) => total + one[key], 0);
  const busy = largest(
    repetitions.flatMap(({ busyShare }) => Object.values(busyShare)),
    0,
  );
  const cards = [
    {
      value: String(sum("answered")),
      unit: `of ${sum("planned")}`,
      title: "Photos answered",
      note: `worker busy ${percent(busy)}`,
    },
  ];
  if (accuracy.known > 0) {
    const share = percent(accuracy.right / accuracy.known);
    cards.push({
      value: share,
      unit: "right",
      title: "Known photos",
      note: `${accuracy.right} of ${accuracy.known}`,
    });
  }
  return cards;
}
