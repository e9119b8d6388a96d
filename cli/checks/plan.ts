/** What is run, remembered and left out as one: a whole suite, or a file of one. */
export interface Part {
  /** "lint"; "tests/e2e/quickstart.test.ts". */
  name: string;
  /** Runs however little time is left. */
  always: boolean;
  /** What it takes here as far as is known, in seconds; of files that run beside each other, its share. */
  seconds: number;
  /** What getting what it needs takes beside nothing else, in seconds; it is got beside the parts before. */
  needs?: number;
  /** When it passed here with all that it depends on as it is now. */
  passed?: Date | undefined;
  /** Runs it alone. */
  command: string;
}

/** What is got beside other parts gets about this share of the machine: tests wait now and then. */
const shareBeside = 0.3;

/**
 * Which parts are not run, and why; the others run in this order. What always runs has its time before all else.
 *
 * @param secondsLeft of what the run may take; Infinity where it may take any.
 */
export function leftOut(parts: readonly Part[], secondsLeft: number): Map<string, string> {
  const reasons = new Map<string, string>();
  let left = secondsLeft - secondsOf(parts.filter(({ always, passed }) => always && passed === undefined));
  let before = 0;
  for (const { name, always, seconds, needs = 0, passed, command } of parts) {
    const waiting = Math.max(0, needs - before * shareBeside);
    if (passed !== undefined) reasons.set(name, `${name}: ${unchanged(passed)}`);
    else if (!always && waiting + seconds > left)
      reasons.set(name, `${name}: ${noTime(left, waiting + seconds, command)}`);
    else {
      before += waiting + seconds;
      if (!always) left -= waiting + seconds;
    }
  }
  return reasons;
}

/** What parts take together, in seconds. */
const secondsOf = (parts: readonly Part[]): number => parts.reduce((sum, { seconds }) => sum + seconds, 0);

/** These stand in allowedSkips.ts. */
const unchanged = (passed: Date): string =>
  `nothing that it depends on has changed since it passed here on ${passed.toISOString().slice(0, 16).replace("T", " ")} UTC; --all runs it`;

const noTime = (left: number, seconds: number, command: string): string =>
  `no time is left for it: it takes about ${minutes(seconds)} here, and ${minutes(Math.max(0, left))} are left; ${command} runs it`;

/** The same for what waits for something. */
export const notInTime = (what: string, command: string): string =>
  `no time is left for it: ${what}, which it needs, has not come in time; ${command} runs it`;

const minutes = (seconds: number): string => `${Math.round(seconds / 60)} min`;
