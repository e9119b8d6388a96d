// The closed sets of words in events: a reader may switch over each of them.

/** What an event is about. */
export const itemTypes = [
  /** A command as a whole, or one that it runs as a part of itself: "quickstart", "up". */
  "command",
  /** A step of setup: "engine". */
  "step",
  /** What is built or fetched into the store: "coredns 1.13.1". */
  "artifact",
  /** A part of a benchmark: "verify", "calibrate", "repetition-1", "report". */
  "stage",
  "machine",
  "link",
  "cluster",
  /** What a benchmark runs on the cluster. */
  "workload",
  /** What belongs to no single one of these. */
  "testbed",
] as const;

/** What is being done to an item. */
export const phases = [
  // Getting and building things.
  "check",
  "wait",
  "search",
  "fallback",
  "download",
  "unpack",
  "compile",
  "install",
  "make",
  "pack",
  "record",
  "discard",
  // Measuring.
  "round-trips",
  "rate",
  "recheck",
  "pods",
  "clocks",
  "start",
  "run",
  "collect",
  "calibrate",
  // Saving a testbed, and bringing it back.
  "save",
  "restore",
] as const;

/** How an item ended. */
export const outcomes = [
  "done",
  /** It was there already. */
  "present",
  "failed",
  /** It was not begun, because what it needs failed. */
  "blocked",
  "interrupted",
  /** A benchmark whose system did not keep up with the load. */
  "not-sustained",
] as const;

/** What the engine does to a resource. */
export const operations = ["create", "update", "replace", "delete", "read", "refresh", "import"] as const;

/** What counts count. */
export const units = ["bytes", "modules", "packages", "pods", "links", "repetitions", "answers"] as const;

export type ItemType = (typeof itemTypes)[number];
export type Phase = (typeof phases)[number];
export type Outcome = (typeof outcomes)[number];
export type Operation = (typeof operations)[number];
export type Unit = (typeof units)[number];
