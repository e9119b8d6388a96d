import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { roleProblems } from "../../../cli/checks/roles.ts";

const roles = mkdtempSync(join(tmpdir(), "strata-roles-"));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(roles, path)), { recursive: true });
  writeFileSync(join(roles, path), text);
}

afterAll(() => {
  rmSync(roles, { recursive: true });
});

test("every role describes its interface", async () => {
  write("bare/tasks/main.yml", "[]\n");
  write("empty/meta/argument_specs.yml", "---\n");
  write("good/defaults/main.yml", "good_port: 1883\n");
  write(
    "good/meta/argument_specs.yml",
    "argument_specs: {main: {short_description: a role, options: {good_port: {type: int, description: TCP port}}}}\n",
  );
  write("vague/defaults/main.yml", "vague_hidden: 1\n");
  write("vague/meta/argument_specs.yml", "argument_specs: {main: {options: {vague_port: {type: int}}}}\n");
  expect(await roleProblems(roles)).toEqual([
    "role bare: meta/argument_specs.yml is missing",
    "role empty: meta/argument_specs.yml has no argument_specs.main",
    "role vague: no short_description",
    "role vague: option vague_port needs a type and a description",
    "role vague: defaults/main.yml sets vague_hidden, which meta/argument_specs.yml does not describe",
  ]);
});
