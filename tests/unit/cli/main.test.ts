import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { patient } from "../../support/patience.ts";

const main = join(import.meta.dirname, "../../../cli/main.ts");
const elsewhere = mkdtempSync(join(tmpdir(), "strata-cli-"));

afterAll(() => {
  rmSync(elsewhere, { recursive: true });
});

function strata(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", main, ...args],
    {
      encoding: "utf8",
      cwd: elsewhere,
      env: { ...process.env, NODE_OPTIONS: "", NO_COLOR: "1", STRATA_STATE: join(elsewhere, "state") },
      timeout: patient(60_000),
    },
  );
  return { status, stdout, stderr };
}

test("help teaches, and costs no error", () => {
  const { status, stdout } = strata("--help");
  expect(status).toBe(0);
  expect(stdout).toContain(
    "strata quickstart                 set up, build the smallest testbed, measure on it, report",
  );
});

test("a wrong command is wrong usage, with the right one suggested", () => {
  const { status, stderr } = strata("docter");
  expect(status).toBe(2);
  expect(stderr).toContain("Did you mean doctor?");
});

test("a wrong shell is wrong usage, and the right ones are named", () => {
  const { status, stderr } = strata("completion", "tcsh");
  expect(status).toBe(2);
  expect(stderr).toContain("Allowed choices are bash, zsh, fish.");
});

test("bench takes a rate, or auto; another word is wrong usage, told with both", () => {
  expect(strata("bench", "nosuch", "--rate", "auto").stderr).not.toContain("--rate");
  const { status, stderr } = strata("bench", "nosuch", "--rate", "fast");
  expect(status).toBe(2);
  expect(stderr).toContain('"fast" is not a frequency; write for example "1 Hz", or auto');
});
