import type { Path, Problem } from "./problem.ts";
import type { Section, TestbedDraft } from "./testbed.ts";

/** A rule between fields: broken when `when` holds. It is checked once all the sections it `needs` are well-formed. */
export interface Rule {
  path: Path;
  needs: readonly Section[];
  when: (spec: TestbedDraft) => boolean;
  reason: (spec: TestbedDraft) => string;
  fix: string | ((spec: TestbedDraft) => string);
  /** Default: error. */
  severity?: Problem["severity"];
}
