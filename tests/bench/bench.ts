/** One measured figure and what it must not exceed. */
export interface Figure {
  name: string;
  measured: number;
  limit: number;
  unit: "" | "%" | "s" | "ms" | "MB" | "operations" | "restarts";
  /** What it was computed from. */
  detail: string;
}

/** A benchmark: one file, one name on the command line. */
export interface Bench {
  name: string;
  /** What it measures, in one line. */
  title: string;
  /** Runs only when it is named, for it takes long. */
  onlyNamed?: true;
  /** Why it can't run on this host; undefined if it can. */
  missing(): string | undefined;
  run(say: (text: string) => void): Promise<Figure[]>;
}

/** Seconds that `work` takes. */
export async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle) - 1] ?? NaN)) / 2;
}

export function list(values: readonly number[]): string {
  return values.map((value) => value.toFixed(1)).join(", ");
}
