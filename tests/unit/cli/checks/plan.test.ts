import { notAllowed } from "../../../../cli/checks/allowedSkips.ts";
import { leftOut, type Part } from "../../../../cli/checks/plan.ts";

const minute = 60;

const part = (name: string, minutes: number, more: Partial<Part> = {}): Part => ({
  name,
  always: false,
  seconds: minutes * minute,
  command: `./strata test e2e --filter ${name}`,
  ...more,
});

const passed = new Date("2026-12-01T10:15:00Z");

/** The names that run, and those that don't. */
function choice(parts: readonly Part[], minutesLeft: number): { runs: string[]; left: string[] } {
  const reasons = leftOut(parts, minutesLeft * minute);
  const names = parts.map(({ name }) => name);
  return { runs: names.filter((name) => !reasons.has(name)), left: [...reasons.keys()] };
}

test("without a budget all runs", () => {
  const parts = [part("engine", 1e6, { always: true }), part("kubernetes", 1e6)];
  expect(leftOut(parts, Infinity)).toEqual(new Map());
});

test("what always runs has its time first, wherever it stands, and runs when there is none", () => {
  const parts = [part("places", 5), part("quickstart", 20, { always: true }), part("kubernetes", 10)];
  expect(choice(parts, 36)).toEqual({ runs: ["places", "quickstart", "kubernetes"], left: [] });
  expect(choice(parts, 34)).toEqual({ runs: ["places", "quickstart"], left: ["kubernetes"] });
  expect(choice(parts, 24)).toEqual({ runs: ["quickstart"], left: ["places", "kubernetes"] });
  expect(choice(parts, -3)).toEqual({ runs: ["quickstart"], left: ["places", "kubernetes"] });
});

test("one that is too long does not keep shorter ones behind it from running", () => {
  expect(choice([part("a", 3), part("b", 30), part("c", 6)], 10)).toEqual({ runs: ["a", "c"], left: ["b"] });
});

test("what passed with nothing changed since is not run again, and takes no time from others", () => {
  const parts = [
    part("engine", 60, { always: true, passed }),
    part("quickstart", 5, { always: true }),
    part("places", 4, { passed }),
    part("kubernetes", 5),
  ];
  expect(choice(parts, 10)).toEqual({ runs: ["quickstart", "kubernetes"], left: ["engine", "places"] });
});

test("what a part needs is got beside those before it; what is left of that is waited for", () => {
  const engine = part("engine", 50, { always: true });
  // 15 of 20 minutes are got beside the engine's tests.
  const cluster = part("kubernetes", 10, { needs: 20 * minute });
  expect(choice([engine, cluster], 65)).toEqual({ runs: ["engine", "kubernetes"], left: [] });
  expect(choice([engine, cluster], 64)).toEqual({ runs: ["engine"], left: ["kubernetes"] });
  // Beside what does not run nothing is got.
  expect(choice([{ ...engine, passed }, cluster], 29)).toEqual({ runs: [], left: ["engine", "kubernetes"] });
  expect(choice([{ ...engine, passed }, cluster], 30)).toEqual({ runs: ["kubernetes"], left: ["engine"] });
});

test("each that is left out is named with its reason and the command that runs it, which continuous integration allows", () => {
  const parts = [part("unit", 2, { always: true, passed }), part("tests/e2e/kubernetes.test.ts", 17)];
  const reasons = [...leftOut(parts, 3 * minute).values()];
  expect(reasons).toEqual([
    "unit: nothing that it depends on has changed since it passed here on 2026-12-01 10:15 UTC; --all runs it",
    "tests/e2e/kubernetes.test.ts: no time is left for it: it takes about 17 min here, and 3 min are left; " +
      "./strata test e2e --filter tests/e2e/kubernetes.test.ts runs it",
  ]);
  expect(notAllowed(reasons)).toEqual([]);
});
