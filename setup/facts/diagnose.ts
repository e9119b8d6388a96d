import { messageOf } from "../../providers/kit/plain/errors.ts";
import { hostFacts } from "./index.ts";
import type { Finding, Step } from "../step.ts";
import { setupSteps } from "../steps/index.ts";

/** What doctor says about one thing. */
export interface Diagnosis {
  name: string;
  title: string;
  finding: Finding;
}

/** Looks at everything and changes nothing. */
export async function diagnose(extraSteps: readonly Step[] = []): Promise<Diagnosis[]> {
  const checks = [
    ...[...setupSteps, ...extraSteps].map(({ name, title, check }) => ({ name, title, find: check })),
    ...hostFacts,
  ];
  return Promise.all(checks.map(async ({ name, title, find }) => ({ name, title, finding: await outcomeOf(find) })));
}

/** A check that fails to look has found something wrong, too. */
async function outcomeOf(find: () => Promise<Finding>): Promise<Finding> {
  try {
    return await find();
  } catch (error) {
    const detail = `could not be checked: ${messageOf(error)}`;
    return { state: "missing", detail, fix: "Mend what the message names, then run ./strata doctor again." };
  }
}
