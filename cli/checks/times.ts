/**
 * What parts take on the machine of reference (patience.ts), in seconds: for a machine that has not run them yet.
 * End-to-end tests stand in the order in which they run: what proves most for its time comes first.
 */
export const referenceSeconds: Readonly<Record<string, number>> = {
  lint: 25,
  types: 8,
  unit: 110,
  ansible: 15,
  "tests/e2e/quickstart.test.ts": 400,
  "tests/e2e/example.test.ts": 65,
  "tests/e2e/prepared.test.ts": 90,
  "tests/e2e/snapshot.test.ts": 120,
  "tests/e2e/places.test.ts": 65,
  "tests/e2e/kubernetes.test.ts": 520,
};

/** A test file that is not named above: engine's 33 take 23 minutes one after the other. */
const usualSeconds = 42;

/** What a part took the last time, and how fast the machine was then. */
export interface Took {
  seconds: number;
  /** How many times as long as on the machine of reference things took. */
  patience: number;
}

/** What a part takes here and now, in seconds. @param patience as `Took`'s, now. */
export function estimate(name: string, took: Took | undefined, patience: number): number {
  if (took !== undefined) return (took.seconds / took.patience) * patience;
  return (referenceSeconds[name] ?? usualSeconds) * patience;
}

/** In the order of the table; what is not in it comes last. */
export function inOrder(files: readonly string[]): string[] {
  const names = Object.keys(referenceSeconds);
  const place = (name: string): number => (names.includes(name) ? names.indexOf(name) : names.length);
  return [...files].sort((a, b) => place(a) - place(b));
}
