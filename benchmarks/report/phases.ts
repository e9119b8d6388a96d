import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { stackDirectory } from "../../providers/kit/stateDirectory.ts";
import { phaseSchema } from "./schema.ts";
import type { PhaseReport } from "./schema.ts";

const file = z.object({ phases: z.array(phaseSchema) });

/** Times of building the testbed, in their order; none where this checkout did not build it, or the file is damaged. */
export function readPhases(stack: string, directory = stackDirectory(stack)): PhaseReport[] {
  const path = join(directory, "phases.json");
  if (!existsSync(path)) return [];
  try {
    return file.parse(JSON.parse(readFileSync(path, "utf8"))).phases;
  } catch {
    // Only for orientation: a report is not to fail by it.
    return [];
  }
}
