import { Command } from "commander";
import { readdirSync } from "node:fs";
import { register } from "../../../cli/snapshot.ts";
import { keepSnapshot, ownState } from "../../support/keptSnapshot.ts";

const state = ownState();
const terminal = process.stdin.isTTY;
beforeEach(() => {
  process.stdin.isTTY = false;
  keepSnapshot("lab", "idle");
});
afterEach(() => {
  process.stdin.isTTY = terminal;
});

const snapshot = (...args: string[]): Promise<unknown> => {
  const program = new Command().exitOverride();
  register(program);
  return program.parseAsync(["snapshot", ...args], { from: "user" });
};

const noName = "is no name of a snapshot; use up to 100 letters, digits, underscores, dots and dashes, no dot first";
test.each([
  [["save", "lab", "../idle"], `"../idle" ${noName}`],
  [["save", "lab", ".idle"], `".idle" ${noName}`],
  [["restore", "lab", "a/b", "--yes"], `"a/b" ${noName}`],
  [
    ["save", "lab", "idle"],
    "there is a snapshot idle of lab; choose another name, or remove it first: ./strata snapshot remove lab idle",
  ],
  [["save", "a/b", "idle"], '"a/b" is no name of a stack; use up to 100 letters, digits, underscores, dots and dashes'],
  [
    ["restore", "lab", "busy", "--yes"],
    "there is no snapshot busy of lab; strata snapshot list lab shows those that there are",
  ],
  [["restore", "lab", "idle"], "what is there of the testbed now would be lost; agree by --yes"],
  [["show", "lab", "busy"], "there is no snapshot busy of lab"],
  [["remove", "lab", "busy", "idle", "x"], "there is no snapshot busy, x of lab; there are: idle"],
  [["remove", "lab2", "busy"], "there is no snapshot busy of lab2"],
])("strata snapshot %j is refused, and changes nothing", async (args, message) => {
  const before = readdirSync(state(), { recursive: true });
  await expect(snapshot(...args)).rejects.toMatchObject({ message });
  expect(readdirSync(state(), { recursive: true })).toEqual(before);
});

test("one that can't be used is refused with why, before anything is asked", async () => {
  keepSnapshot("lab", "idle", { origin: "01234567" });
  await expect(snapshot("restore", "lab", "idle")).rejects.toThrow(
    "snapshot idle of lab can't be used: it was made by another checkout or on another machine",
  );
});

test("those that are named are removed, and the others stay", async () => {
  for (const name of ["a", "b"]) keepSnapshot("lab", name);
  await snapshot("remove", "lab", "a", "idle");
  expect(readdirSync(`${state()}/snapshots/lab`)).toEqual(["b"]);
});
