import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inputsOf } from "../../../../cli/checks/inputs.ts";
import { readTree } from "../../../../cli/checks/tree.ts";
import { projectDirectory } from "../../../../cli/pulumi/run.ts";

const tree = readTree(projectDirectory);
const textOf = (path: string): string => readFileSync(join(projectDirectory, path), "utf8");
const files = [...tree.keys()].filter((path) => /^tests\/(engine|e2e)\/.*\.test\.ts$/.test(path));

/** Of the tests of engine and end to end, those that depend on a file. */
const dependentOn = (path: string): string[] => files.filter((file) => inputsOf(file, tree, textOf).includes(path));

test("a change of the code is one for all tests but types' of what is no code", () => {
  for (const path of [
    "components/plan/whole/plan.ts",
    "package-lock.json",
    "setup/engine/go.mod",
    "tests/support/until.ts",
  ])
    expect(dependentOn(path)).toEqual(files);
  const parts = ["lint", "types", "unit", "ansible"];
  const dependent = (path: string) => parts.filter((part) => inputsOf(part, tree, textOf).includes(path));
  expect(dependent("cli/main.ts")).toEqual(parts);
  expect(dependent("tests/engine/strata/node.test.ts")).toEqual(parts);
  expect(dependent("README.md")).toEqual(["lint", "unit", "ansible"]);
});

test("a change of a test is one for that test alone", () => {
  const file = "tests/engine/strata/node.test.ts";
  expect(dependentOn(file)).toEqual([file]);
});

test("a change of a role is one for the tests that apply roles or read them", () => {
  expect(dependentOn("ansible/roles/mqtt/tasks/main.yml")).toEqual([
    "tests/e2e/example.test.ts",
    "tests/e2e/kubernetes.test.ts",
    "tests/e2e/places.test.ts",
    "tests/e2e/prepared.test.ts",
    "tests/e2e/quickstart.test.ts",
    "tests/e2e/snapshot.test.ts",
    "tests/engine/components/hosts.test.ts",
    "tests/engine/components/kubernetesConfiguration.test.ts",
    "tests/engine/components/simulatedNodes.test.ts",
    "tests/engine/strata/cluster.test.ts",
    "tests/engine/strata/gc.test.ts",
    "tests/engine/strata/hostCommand.test.ts",
    "tests/engine/strata/killed.test.ts",
  ]);
});

test("programs that tests start without importing them reach no roles", () => {
  const started = [...tree.keys()].filter((path) =>
    /^(providers|setup|artifacts|local|benchmarks|events)\/.*\.ts$/.test(path),
  );
  expect(started.length).toBeGreaterThan(200);
  expect(started.filter((path) => /["`](?:[^"`\n]*\/)?ansible["`/]/.test(textOf(path)))).toEqual([]);
});

test("a change of the documentation is one for the tests that read it", () => {
  const readers = dependentOn("docs/libvirt.md");
  expect(readers).toEqual(
    expect.arrayContaining(["tests/engine/libvirt/documentation.test.ts", "tests/e2e/example.test.ts"]),
  );
  expect(readers).not.toContain("tests/e2e/kubernetes.test.ts");
  expect(readers).not.toContain("tests/engine/libvirt/qemu.test.ts");
});

test("a tree has what is in a checkout, without what its use leaves there", () => {
  const root = mkdtempSync(join(tmpdir(), "strata-tree-"));
  try {
    for (const folder of ["node_modules/x", ".git", ".strata", "stacks"])
      mkdirSync(join(root, folder), { recursive: true });
    for (const file of [
      "node_modules/x/a.js",
      ".git/HEAD",
      ".strata/key",
      "npm.log",
      "stacks/Pulumi.mine.yaml",
      "stacks/mine.yaml",
    ])
      writeFileSync(join(root, file), "one");
    symlinkSync("/nowhere", join(root, "stacks/link"));
    const before = readTree(root);
    expect([...before.keys()]).toEqual(["stacks/link", "stacks/mine.yaml"]);
    writeFileSync(join(root, "stacks/mine.yaml"), "two");
    const after = readTree(root);
    expect(["stacks/link", "stacks/mine.yaml"].map((path) => after.get(path) === before.get(path))).toEqual([
      true,
      false,
    ]);
  } finally {
    rmSync(root, { recursive: true });
  }
});
