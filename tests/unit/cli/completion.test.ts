import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandNames } from "../../../cli/commands.ts";
import { completionScript } from "../../../cli/completion.ts";

const stacks = mkdtempSync(join(tmpdir(), "strata's stacks "));

beforeAll(() => {
  for (const name of ["lab.yaml", "latency.yaml", "quickstart.yaml", "index.ts"]) writeFileSync(join(stacks, name), "");
});

afterAll(() => {
  rmSync(stacks, { recursive: true });
});

/** What bash offers when Tab is pressed at the end of these words. */
function offered(...words: string[]): string[] {
  const script = `${completionScript("bash", stacks)}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _strata; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const output = execFileSync("bash", ["-c", script, "bash", ...words], { encoding: "utf8" });
  return output.split("\n").filter((line) => line !== "");
}

test("bash completes commands", () => {
  expect(offered("strata", "")).toEqual([...commandNames]);
  expect(offered("strata", "doc")).toEqual(["doctor"]);
});

test("bash completes stack names where a stack is meant", () => {
  expect(offered("strata", "up", "la")).toEqual(["lab", "latency"]);
  expect(offered("strata", "ssh", "")).toEqual(["lab", "latency", "quickstart"]);
  expect(offered("strata", "doctor", "")).toEqual([]);
  expect(offered("strata", "completion", "")).toEqual(["bash", "zsh", "fish"]);
});

test("zsh and fish know the same commands", () => {
  for (const shell of ["zsh", "fish"] as const) {
    expect(completionScript(shell, "/stacks")).toContain(commandNames.join(" "));
  }
});
