import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mendAttributes, mendState, pendingCreates, storedStacks } from "../../../../cli/pulumi/engineState.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "strata-backend-"));
  mkdirSync(join(folder, ".pulumi/stacks/strata"), { recursive: true });
  file = join(folder, ".pulumi/stacks/strata/lab.json");
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const urn = (name: string): string => `urn:pulumi:lab::strata::libvirt:index/volume:Volume::${name}`;
const state = (resources: string[], pending: [string, string][] = []): string =>
  JSON.stringify({
    version: 3,
    checkpoint: {
      stack: "organization/strata/lab",
      latest: {
        resources: resources.map((name) => ({ urn: urn(name), custom: true })),
        pending_operations: pending.map(([type, name]) => ({ type, resource: { urn: urn(name) } })),
      },
    },
  });

function mend(): string[] {
  const said: string[] = [];
  mendState(folder, "lab", (sentence) => said.push(sentence));
  return said;
}

test.each([
  ["a whole one", state(["a"])],
  ["that of a new stack", '{"version":3,"checkpoint":{"latest":null}}'],
])("a state that can be read is left: %s", (_, text) => {
  writeFileSync(file, text);
  writeFileSync(`${file}.bak`, state([]));
  expect(mend()).toEqual([]);
  expect(readFileSync(file, "utf8")).toBe(text);
});

test("where there is none, there is nothing to do", () => {
  expect(mend()).toEqual([]);
});

test("a damaged one gives way to its backup, and is kept", () => {
  writeFileSync(file, "");
  writeFileSync(`${file}.attrs`, "");
  writeFileSync(`${file}.bak`, state(["a"]));
  expect(mend()).toEqual([
    `the engine's state of lab was damaged, as by a power cut: its backup is used (the damaged one: ${file}.damaged)`,
  ]);
  expect(readFileSync(file, "utf8")).toBe(state(["a"]));
  expect(readFileSync(`${file}.damaged`, "utf8")).toBe("");
  expect(existsSync(`${file}.attrs`)).toBe(false);
});

test("the first that was ever written holds nothing: the stack begins anew", () => {
  writeFileSync(file, '{"version"');
  expect(mend()).toEqual(["the engine's state of lab was damaged before anything was built: it begins anew"]);
  expect(existsSync(file)).toBe(false);
});

test("where the backup is damaged too, it is said what to do", () => {
  writeFileSync(file, "");
  writeFileSync(`${file}.bak`, "{");
  expect(mend).toThrow(
    `the engine's state of lab and its backup are damaged (${file}, .bak); put a copy of yours there, or move both away and ` +
      "run ./strata up lab: it takes over what it finds",
  );
});

// Not by its permissions: to root all files can be read.
test.each([
  ["a state", "lab.json"],
  ["a backup", "lab.json.bak"],
])("%s that can't be read is not damaged: nothing is changed, and it is said what is wrong", (_, name) => {
  writeFileSync(file, "");
  writeFileSync(`${file}.bak`, state(["a"]));
  const unread = join(file, "..", name);
  rmSync(unread);
  symlinkSync(unread, unread);
  expect(mend).toThrow(`${unread}, which is the engine's, can't be read (ELOOP`);
  expect(readdirSync(join(file, ".."))).toEqual(["lab.json", "lab.json.bak"]);
  if (unread === file) expect(() => pendingCreates(folder, "lab")).toThrow("can't be read");
});

test("a name that leads elsewhere is refused", () => {
  expect(() => {
    mendState(folder, "../../locks/lab", () => undefined);
  }).toThrow('"../../locks/lab" is no name of a stack');
});

test("attributes that a killed engine has left empty are removed, whole ones and all else stay", () => {
  const write = (name: string, text: string): void => {
    writeFileSync(join(folder, ".pulumi", name), text);
  };
  write("meta.yaml", "version: 1\n");
  write("meta.yaml.attrs", "");
  write("stacks/strata/lab.json", "");
  write("stacks/strata/lab.json.attrs", '{"user.cache');
  write("stacks/strata/other.json.attrs", "{}\n");
  mendAttributes(folder);
  mendAttributes(join(folder, "nothing"));
  expect(readdirSync(join(folder, ".pulumi")).sort()).toEqual(["meta.yaml", "stacks"]);
  expect(readdirSync(join(folder, ".pulumi/stacks/strata")).sort()).toEqual(["lab.json", "other.json.attrs"]);
});

test("what a killed engine was creating, and whether it is there by now", () => {
  expect(pendingCreates(folder, "lab")).toEqual([]);
  writeFileSync(
    file,
    state(
      ["a", "b"],
      [
        ["creating", "a"],
        ["updating", "b"],
        ["creating", "c"],
      ],
    ),
  );
  expect(pendingCreates(folder, "lab")).toEqual([
    { urn: urn("a"), taken: true },
    { urn: urn("c"), taken: false },
  ]);
});

test("names of stacks are those of states, whole or not, and of nothing beside them", () => {
  for (const name of ["lab.json", "lab.json.bak", "lab.json.attrs", "a.b.json.gz", "old.json.damaged", ".x.json.1.new"])
    writeFileSync(join(file, "..", name), "");
  expect(storedStacks(folder)).toEqual(["a.b", "lab"]);
  expect(storedStacks(join(folder, "nothing"))).toBeUndefined();
});
