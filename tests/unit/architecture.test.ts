import { readdirSync, readFileSync } from "node:fs";
import { basename, join, posix } from "node:path";
import * as infrastructureKinds from "../../components/experiment/whole/infrastructureKinds.ts";
import { readSource, readTree, violations } from "../support/architecture.ts";
import { circularImports } from "../support/circles.ts";

const root = join(import.meta.dirname, "../..");
const tree = readTree(root);

test("every file imports only what its room may", () => {
  expect(tree.length).toBeGreaterThan(100);
  expect(tree.flatMap(violations)).toEqual([]);
});

test("no folders need each other, not by way of others either", () => {
  expect(circularImports(tree)).toEqual([]);
});

test("no file is longer than 300 lines, half of them at most 70", () => {
  expect(tree.filter(({ lines }) => lines > 300).map(({ path, lines }) => `${path}: ${lines}`)).toEqual([]);
  const lengths = tree.map(({ lines }) => lines).sort((a, b) => a - b);
  expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThanOrEqual(70);
});

test("the runner knows no workload: what it measures is said in the workloads' own folders", () => {
  const runner = tree.map(({ path }) => path).filter((path) => /^benchmarks\/(?!workloads\/)/.test(path));
  const words = /image-classification|photo|publisher|broker|\bstress\b|"empty"/;
  expect(runner.length).toBeGreaterThan(50);
  expect(runner.filter((path) => words.test(readFileSync(join(root, path), "utf8")))).toEqual([]);
});

test("what a program loads of a workload to read an experiment is not what runs it", () => {
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    readTextImports(path).forEach(visit);
  };
  const readTextImports = (path: string): string[] =>
    [...readFileSync(join(root, path), "utf8").matchAll(/^(?:import|export) (?!type)[^;]*? from "(\.[^"]+)";/gm)].map(
      ([, from = ""]) => posix.join(posix.dirname(path), from),
    );
  visit("components/experiment/whole/load.ts");
  expect(seen.has("benchmarks/workloads/stress/spec.ts")).toBe(true);
  expect(
    [...seen].filter(
      (path) => path.startsWith("benchmarks/") && !/\/(spec|rules|table|all|metrics\/names)\.ts$/.test(path),
    ),
  ).toEqual([]);
});

test("no file is a drawer for everything", () => {
  const drawers = tree.filter(({ path }) => /^(utils?|helpers?|common|misc|shared)\.ts$/.test(basename(path)));
  expect(drawers.map(({ path }) => path)).toEqual([]);
});

test("what an error says is found out by messageOf alone", () => {
  const sayers = tree
    .map(({ path }) => path)
    // Workloads are alone in their containers.
    .filter((path) => !/^(tests|benchmarks\/workloads)\//.test(path))
    .filter((path) =>
      /instanceof Error \? \w+\.message|as Error\)\.message/.test(readFileSync(join(root, path), "utf8")),
    );
  expect(sayers).toEqual([]);
});

test("only one file makes directories where other users may make some too", () => {
  const makers = tree
    .map(({ path }) => path)
    .filter((path) => !/^(tests|docs)\//.test(path))
    .filter((path) => /\btmpdir\(|XDG_RUNTIME_DIR|"\/tmp\b/.test(readFileSync(join(root, path), "utf8")));
  expect(makers).toEqual([
    "providers/kit/plain/privateDirectory.ts",
    // The user's own libvirtd listens there.
    "providers/libvirt/rpc/uri.ts",
    // How much room is left.
    "setup/facts/capacity.ts",
  ]);
});

/** What names a kind of infrastructure outside of the kind's own folder, and why it may. */
const mayNameKinds = {
  "components/experiment/whole/infrastructureKinds.ts": "the table",
  "components/experiment/whole/provider.ts": "what an experiment that names none has",
  "cli/host.ts": "its subject: the private libvirtd that a checkout may have",
  "cli/checks/jest.ts": "what the engine's tests need",
  "cli/checks/machine.ts": "whose version can change how tests end",
  "cli/gc/orphanedMachines.ts":
    "its subject: machines whose testbed's state is gone, so that they alone say what they are",
  "cli/test.ts": "an example of a path",
};

test("no file but a kind's own, and the table, names a kind of infrastructure", () => {
  const kinds = Object.keys(infrastructureKinds);
  const found = ["components", "benchmarks", "cli"]
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter((path) => !path.includes("node_modules/") && !kinds.some((kind) => path.startsWith(`components/${kind}/`)))
    .filter((path) => new RegExp(kinds.join("|"), "i").test(readFileSync(join(root, path), "utf8")));
  expect(found.sort()).toEqual(Object.keys(mayNameKinds).sort());
});

test.each([
  ["components/experiment/tier.ts", 'import { a } from "../plan/whole/plan.ts";', "components/plan/whole/plan.ts"],
  ["components/experiment/tier.ts", 'import * as pulumi from "@pulumi/pulumi";', "@pulumi/pulumi"],
  ["components/plan/whole/plan.ts", 'export { a } from "../../libvirt/host.ts";', "components/libvirt/host.ts"],
  ["components/contract/testbed.ts", 'import type { P } from "../plan/types.ts";', "components/plan/types.ts"],
  ["components/libvirt/host.ts", 'import { a } from "../software/phase.ts";', "components/software/phase.ts"],
  ["components/kinds/mqtt/index.ts", 'import * as pulumi from "@pulumi/pulumi";', "@pulumi/pulumi"],
  ["components/kinds/mqtt/index.ts", 'import { a } from "../../plan/naming.ts";', "components/plan/naming.ts"],
  [
    "components/kinds/mqtt/index.ts",
    'import { a } from "../kubernetes/resources/cluster.ts";',
    "components/kinds/kubernetes/resources/cluster.ts",
  ],
  ["components/libvirt/plan/plan.ts", 'import { a } from "../host.ts";', "components/libvirt/host.ts"],
  ["components/libvirt/kind.ts", 'import * as libvirt from "@pulumi/libvirt";', "@pulumi/libvirt"],
  [
    "components/experiment/whole/provider.ts",
    'import { a } from "../../libvirt/experiment/schema.ts";',
    "components/libvirt/experiment/schema.ts",
  ],
  ["components/network/link.ts", 'import { a } from "../software/phase.ts";', "components/software/phase.ts"],
  ["components/testbed.ts", 'import { a } from "../cli/up.ts";', "cli/up.ts"],
  [
    "providers/libvirt/xml/domain.ts",
    'import { a } from "../../../components/experiment/tier.ts";',
    "components/experiment/tier.ts",
  ],
  // It is to be published with the kit alone.
  ["providers/libvirt/xml/ownership.ts", 'import { a } from "../../../local/place.ts";', "local/place.ts"],
  ["providers/kit/serve.ts", 'import { a } from "../../local/lock.ts";', "local/lock.ts"],
  ["setup/step.ts", 'import { a } from "../providers/kit/crud.ts";', "providers/kit/crud.ts"],
  ["providers/libvirt/main.ts", 'const a = await import("../strata/access/ssh.ts");', "providers/strata/access/ssh.ts"],
  ["benchmarks/run.ts", 'import { a } from "../components/testbed.ts";', "components/testbed.ts"],
  [
    "benchmarks/run.ts",
    'import * as pulumi from "@pulumi/pulumi/automation/index.js";',
    "@pulumi/pulumi/automation/index.js",
  ],
  ["benchmarks/metrics/join.ts", 'import { a } from "../../local/stateDirectory.ts";', "local/stateDirectory.ts"],
  ["setup/step.ts", 'import { a } from "../cli/up.ts";', "cli/up.ts"],
])("%s may not: %s", (path, text, imported) => {
  expect(violations(readSource(path, text))).toEqual([`${path} imports ${imported}`]);
});

test.each([
  ["components/plan/whole/plan.ts", 'import type { T } from "../../experiment/tier.ts";'],
  ["components/libvirt/image.ts", 'import { a } from "../../artifacts/machine-image/index.ts";'],
  ["components/kinds/mqtt/resources/topic.ts", 'import * as pulumi from "@pulumi/pulumi";'],
  ["components/software/runPhase.ts", 'import { a } from "../../local/stateDirectory.ts";'],
  ["benchmarks/stack.ts", 'import * as pulumi from "@pulumi/pulumi/automation/index.js";'],
  ["providers/strata/access/ssh.ts", '// import { a } from "../../../cli/up.ts";'],
])("%s may: %s", (path, text) => {
  expect(violations(readSource(path, text))).toEqual([]);
});

test.each([
  ["types too", { "a/x.ts": 'import { b } from "../b/y.ts";', "b/y.ts": 'import type { A } from "../a/z.ts";' }, 2],
  ["what is loaded late too", { "a/x.ts": 'await import("../b/y.ts");', "b/y.ts": 'import "../a/z.ts";' }, 2],
  [
    "by way of a third one; who only needs them is on no circle",
    {
      "a/x.ts": 'import { b } from "../b/y.ts";',
      "b/y.ts": 'export { c } from "../b/c/z.ts";',
      "b/c/z.ts": 'import { a } from "../../a/x.ts";',
      "d/v.ts": 'import { a } from "../a/x.ts";',
    },
    3,
  ],
  ["values of a folder below", { "a/x.ts": 'import "./b/y.ts";', "a/b/y.ts": 'import { a } from "../z.ts";' }, 2],
  [
    "types of the folder above don't count",
    { "a/x.ts": 'import "./b/y.ts";', "a/b/y.ts": 'import type { A } from "../z.ts";' },
    0,
  ],
  ["one way is no circle", { "a/x.ts": 'import "../b/y.ts";', "b/y.ts": 'import "../c/z.ts";' }, 0],
])("circles between folders: %s", (_, files, imports) => {
  expect(circularImports(Object.entries(files).map(([path, text]) => readSource(path, text)))).toHaveLength(imports);
});

test("a new room must be put into the table", () => {
  expect(violations(readSource("attic/box.ts", ""))).toEqual([
    "attic/box.ts is in no room; add its folder to the table",
  ]);
});
