export interface Walk {
  /** The same seed gives the same trace. */
  seed: number;
  seconds: number;
  /** What latency (ms) and rate (Mbit/s) wander around. */
  latency: number;
  rate: number;
}

export interface Step {
  /** ms, before and after. */
  latency: number;
  /** ms, between. */
  to: number;
  /** s: when it goes up, and for how long. */
  at: number;
  for: number;
}

/** Seconds between two lines of a walk. */
const interval = 0.5;

/** What is left of a deviation after one interval: half of it after 3 s. */
const memory = 0.5 ** (interval / 3);

/** Standard deviations, of the logarithms: e ** 0.2 is 22 % more latency, e ** 0.5 is 65 % more rate. */
const spread = { latency: 0.2, rate: 0.5 };

/**
 * A link like a phone's: latency and rate wander around their means, independent of each other, as the exponential of a
 * first-order autoregressive process. It is a model for trying things out, not a measurement of any network.
 */
export function walk({ seed, seconds, latency, rate }: Walk): string {
  const draw = normal(seed);
  const state = { latency: 0, rate: 0 };
  const next = (key: "latency" | "rate"): number => {
    state[key] = memory * state[key] + Math.sqrt(1 - memory ** 2) * spread[key] * draw();
    return Math.exp(state[key]);
  };
  const lines = Array.from({ length: Math.round(seconds / interval) }, (_, i) =>
    [i * interval, (latency * next("latency")).toFixed(1), (rate * next("rate")).toFixed(2)].join(","),
  );
  return text(`walk, seed ${seed}, around ${latency} ms and ${rate} Mbit/s`, "time s,latency ms,rate Mbit", lines);
}

/** A latency that goes up and comes back: how does a system take it? */
export function step({ latency, to, at, for: length }: Step): string {
  const lines = [`0,${latency}`, `${at},${to}`, `${at + length},${latency}`];
  return text(`step from ${latency} to ${to} ms`, "time s,latency ms", lines);
}

/** The traces that come with Strata, by file. */
export const examples: Readonly<Record<string, string>> = {
  // Around the means of preset 4g.
  "4g-walk.csv": walk({ seed: 1, seconds: 120, latency: 45, rate: 7.21 }),
  "step.csv": step({ latency: 45, to: 145, at: 20, for: 20 }),
};

function text(what: string, header: string, lines: readonly string[]): string {
  return [`# Made by stacks/traces/generate.ts: ${what}`, header, ...lines].map((line) => `${line}\n`).join("");
}

/** Numbers of the standard normal distribution (Box and Muller 1958) from those of mulberry32. */
function normal(seed: number): () => number {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (((mixed ^ (mixed >>> 14)) >>> 0) + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}
