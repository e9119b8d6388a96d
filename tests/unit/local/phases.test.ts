import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { phasesFile, readPhases, recordPhase } from "../../../local/phases.ts";

test("a line that a power cut has spoilt takes no other with it", async () => {
  const state = mkdtempSync(join(tmpdir(), "strata-phases-"));
  process.env.STRATA_STATE = state;
  const boot = { phase: "boot", machine: "cloud-0", startMs: 1, seconds: 12.5 };
  await recordPhase("lab", boot);
  appendFileSync(
    phasesFile("lab"),
    '{"phase":"boot","mach{"phase":"join"}\nnull\n{"phase":"boot","machine":7}\n\0\0\n',
  );
  await recordPhase("lab", { ...boot, machine: "cloud-1" });
  expect(await readPhases("lab")).toEqual([boot, { ...boot, machine: "cloud-1" }]);
  expect(await readPhases("other")).toEqual([]);
  delete process.env.STRATA_STATE;
  rmSync(state, { recursive: true });
});
