import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { patient } from "../../support/patience.ts";

const main = join(import.meta.dirname, "../../../cli/main.ts");
const elsewhere = mkdtempSync(join(tmpdir(), "strata-doctor-"));
afterAll(() => {
  rmSync(elsewhere, { recursive: true });
});

test("doctor tells what lacks, and leaves state, cache and home as they are", () => {
  for (const name of ["home", "cache", "tmp"]) mkdirSync(join(elsewhere, name));
  const { status, stdout } = spawnSync(process.execPath, [main, "doctor", "--json"], {
    encoding: "utf8",
    env: {
      PATH: process.env.PATH,
      HOME: join(elsewhere, "home"),
      TMPDIR: join(elsewhere, "tmp"),
      STRATA_CACHE: join(elsewhere, "cache"),
      STRATA_STATE: join(elsewhere, "state"),
    },
    timeout: patient(120_000),
  });
  const missing = (JSON.parse(stdout) as { name: string; finding: { state: string } }[])
    .filter(({ finding }) => finding.state === "missing")
    .map(({ name }) => name);
  // Nothing has been set up there.
  expect(missing).toContain("state");
  expect(status).toBe(1);
  expect(readdirSync(elsewhere, { recursive: true }).sort()).toEqual(["cache", "home", "tmp"]);
});
