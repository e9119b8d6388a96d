import { patient } from "./patience.ts";

/** All checks together end by then (the README's word is 75 minutes), with some to spare. */
const wholeMinutes = 70;

/**
 * Why there is no time left in this run of all checks for a suite that takes so many minutes on the machine of reference;
 * undefined where there is, and where the suite is asked for by itself (`strata test e2e`).
 */
export function outOfTime(minutes: number): string | undefined {
  const begun = Number(process.env.STRATA_TEST_BEGUN);
  if (!begun) return undefined;
  const gone = Math.round((Date.now() - begun) / 60_000);
  const needed = Math.round(patient(minutes * 60_000) / 60_000);
  if (gone + needed <= wholeMinutes) return undefined;
  return `no time is left for it: ${gone} min of ${wholeMinutes} are over, and it takes ${needed} here; ./strata test e2e --filter runs it alone`;
}
