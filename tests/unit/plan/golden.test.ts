import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { planTestbed } from "../../../components/plan/whole/plan.ts";
import { loadTestbed, specOrThrow } from "../../../components/experiment/whole/load.ts";

const golden = join(import.meta.dirname, "../../golden");

/** The plans of some experiments, whole. After a change that is meant: STRATA_UPDATE_GOLDEN=1, then read the diff. */
test.each([
  ["quickstart", "stacks/quickstart.yaml"],
  ["deployment", join(golden, "deployment.yaml")],
  ["network", join(golden, "network.yaml")],
  ["cluster", join(golden, "cluster.yaml")],
])("plan of %s", (name, file) => {
  const spec = specOrThrow(loadTestbed(readFileSync(file, "utf8")), file);
  const plan = `${JSON.stringify(planTestbed(name, spec), null, 1)}\n`;
  const expected = join(golden, `${name}.plan.json`);
  if (process.env.STRATA_UPDATE_GOLDEN === "1") {
    writeFileSync(expected, plan);
    throw new Error(`${expected} was written anew; read its diff, then run this without STRATA_UPDATE_GOLDEN`);
  }
  expect(plan).toBe(readFileSync(expected, "utf8"));
});
