/**
 * A suite that is skipped where this machine lacks what it needs: one skipped test, whose name is the suite's and the reason.
 * Which reasons are allowed in continuous integration stands in cli/checks/allowedSkips.ts.
 *
 * @param problem why it can't run here; undefined: it can.
 */
export function describeUnless(problem: string | undefined, title: string, tests: () => void): void {
  if (problem === undefined) describe(title, tests);
  else test.skip(`${title}: not run here: ${problem}`, () => undefined);
}

/** The same for one test. */
export function testUnless(
  problem: string | undefined,
  title: string,
  run: (() => void) | (() => Promise<void>),
): void {
  if (problem === undefined) test(title, run);
  else test.skip(`${title}: not run here: ${problem}`, run);
}
