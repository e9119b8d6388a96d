import type { Path, Problem } from "./problem.ts";
import type { Section, ExperimentDraft } from "./draft.ts";

/** A rule between fields: broken when `when` holds. It is checked once all the sections it `needs` are well-formed. */
export interface Rule {
  path: Path;
  needs: readonly Section[];
  when: (spec: ExperimentDraft) => boolean;
  reason: (spec: ExperimentDraft) => string;
  fix: string | ((spec: ExperimentDraft) => string);
  /** Default: error. */
  severity?: Problem["severity"];
}
