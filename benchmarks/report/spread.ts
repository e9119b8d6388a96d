import { z } from "zod";
import type { BenchmarkBase } from "../../components/experiment/workload.ts";
import { spreadOf, type Spread } from "../metrics/spread.ts";
import type { Workload } from "../workload.ts";
import { figure } from "./format.ts";

const spreadSchema = z.strictObject({ repetitions: z.int(), mean: z.number(), sd: z.number() });

/** By the metric's name; those that have several repetitions' values. */
const metricsSchema = z.record(z.string(), spreadSchema);

export const spreadsSchema = z.strictObject({
  metrics: metricsSchema,
  /** The last run of the same benchmark whose repetitions started in the other way, where there is one. */
  other: z.strictObject({ run: z.string(), metrics: metricsSchema }).optional(),
});

/** How the repetitions of a run differ, beside those of a run whose repetitions started in another way. */
export type Spreads = z.infer<typeof spreadsSchema>;
export type OtherRun = NonNullable<Spreads["other"]>;

/** The spread of each metric; undefined where none has several repetitions. */
export function spreads(
  workload: Pick<Workload, "metrics" | "observe">,
  samples: readonly unknown[],
  other: OtherRun | undefined,
): Spreads | undefined {
  const found = Object.keys(workload.metrics).flatMap((name): [string, Spread][] => {
    const spread = spreadOf(workload.observe(samples, name));
    return spread === undefined ? [] : [[name, spread]];
  });
  if (found.length === 0) return undefined;
  return { metrics: Object.fromEntries(found), ...(other === undefined ? {} : { other }) };
}

/** What repetitions start from, for people. */
export const startText = ({ startFrom }: Pick<BenchmarkBase, "startFrom">): string =>
  startFrom === "snapshot" ? "from one saved state" : "carrying on";

const otherStart = ({ startFrom }: Pick<BenchmarkBase, "startFrom">): string =>
  startText({ startFrom: startFrom === undefined ? "snapshot" : undefined });

interface Told {
  spread?: Spreads;
  benchmark: BenchmarkBase;
}

export function spreadHeader({ spread, benchmark }: Told): string[] {
  const other = spread?.other;
  return [
    "mean",
    `sd ${startText(benchmark)}`,
    ...(other === undefined ? [] : [`sd ${otherStart(benchmark)}: ${other.run}`]),
  ];
}

/** A row a metric: its name, then as the header says. */
export function spreadCells({ spread }: Told, metrics: Workload["metrics"]): string[][] {
  return Object.entries(spread?.metrics ?? {}).map(([name, { mean, sd }]) => {
    const { title = name, unit = "" } = metrics[name] ?? {};
    const other = spread?.other?.metrics[name];
    const compared = spread?.other === undefined ? [] : [other === undefined ? "–" : `${figure(other.sd)} ${unit}`];
    return [title, `${figure(mean)} ${unit}`, `${figure(sd)} ${unit}`, ...compared];
  });
}
