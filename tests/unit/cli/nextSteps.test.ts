import { nextSteps } from "../../../cli/nextSteps.ts";
import { displayFlags } from "../../../cli/preview.ts";

test("after an up, what may be done with the testbed", () => {
  expect(nextSteps("quickstart")).toBe(`
Testbed quickstart is up. Next:
  ./strata ssh quickstart cloud-0     log in to a machine
  ./strata verify network quickstart  hold each link against what was asked for
  ./strata bench quickstart           measure, and write a report
  ./strata destroy quickstart         remove it
`);
});

test("outputs are shown on request only", () => {
  expect(displayFlags({})).toContain("--suppress-outputs");
  expect(displayFlags({ outputs: true })).not.toContain("--suppress-outputs");
});
