import { execa } from "execa";
import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { kindOf, type KindName } from "../../components/kinds/index.ts";
import { stateDirectory } from "../../local/stateDirectory.ts";
import { projectDirectory } from "../pulumi/run.ts";
import { stepsOf } from "../steps/index.ts";
import { Preparation, type Getting } from "./preparation.ts";

const shownLines = 20;
/** A setup that is told to end has compilers to end. */
const endLimitMs = 60_000;

/** What test files need that is no part of every setup, by their paths in the tree. */
export const preparations = (): Map<string, Preparation> =>
  new Map([["tests/e2e/kubernetes.test.ts", new Preparation(setupOf("kubernetes", 1000))]]);

/** `strata setup` of a kind of software, behind all other work. What it builds is in the cache, once for all checkouts. */
function setupOf(kind: KindName, referenceSeconds: number): Getting {
  const { title } = kindOf(kind);
  return {
    title,
    referenceSeconds,
    isThere: async () => {
      const findings = await Promise.all(stepsOf(kind).map(({ check }) => check()));
      return findings.every(({ state }) => state !== "missing");
    },
    get: async (signal) => {
      const log = join(stateDirectory(), `setup-${kind}.log`);
      mkdirSync(dirname(log), { recursive: true });
      const command = [process.execPath, join(projectDirectory, "cli/main.ts"), "setup", `--${kind}`, "--yes"];
      const result = await execa("nice", ["-n", "19", ...command], {
        stdin: "ignore",
        stdout: { file: log },
        stderr: { file: log },
        reject: false,
        cancelSignal: signal,
        forceKillAfterDelay: endLimitMs,
        cwd: projectDirectory,
      });
      if (!result.failed) return;
      const said = readFileSync(log, "utf8").trimEnd().split("\n").slice(-shownLines).join("\n");
      throw new Error(`./strata setup --${kind} failed (${log}):\n${said}`);
    },
  };
}
