import { largest } from "../../metrics/extent.ts";
import { escape, figure, interval, percent } from "../format.ts";
import type { Report } from "../schema.ts";

interface Card {
  value: string;
  unit: string;
  title: string;
  note: string;
}

/** The figures one looks at first. */
export function cards(report: Report): string {
  const shown = [...latencyCards(report), ...countCards(report)];
  return `<div class="cards">${shown.map(draw).join("\n")}</div>`;
}

function latencyCards({ latency }: Report): Card[] {
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

function countCards({ repetitions, accuracy }: Report): Card[] {
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

function draw({ value, unit, title, note }: Card): string {
  return `<div class="card"><span>${escape(title)}</span><b>${escape(value)}<small>${escape(unit)}</small></b><span>${escape(note)}</span></div>`;
}
