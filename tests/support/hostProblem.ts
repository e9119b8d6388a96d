import { requireForHost } from "../../providers/strata/host/requirements.ts";

/** Why no embedded host can run here; undefined if it can. */
export function hostProblem(): string | undefined {
  try {
    requireForHost();
    return undefined;
  } catch (error) {
    return String(error);
  }
}
