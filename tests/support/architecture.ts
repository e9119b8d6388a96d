import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import ts from "typescript";
import * as infrastructureKinds from "../../components/experiment/whole/infrastructureKinds.ts";

/** A source file with what it imports: paths in the tree, and packages. */
export interface Source {
  path: string;
  lines: number;
  /** Files of the tree, "components/experiment/tier.ts". */
  files: string[];
  /** Those of them that it imports more of than types. */
  valueFiles: string[];
  /** Packages and Node's own modules, as written. */
  packages: string[];
}

/** Of each kind of infrastructure: what it is, and what of it is planned, without any resource. */
const kindFolders = Object.keys(infrastructureKinds).map((kind) => `components/${kind}`);
const pureParts = kindFolders.flatMap((folder) => [`${folder}/kind.ts`, `${folder}/experiment`, `${folder}/plan`]);

/**
 * Who may import whom: a room (the innermost folder or file listed here that holds a file; "*" in its path is any name) may
 * import itself and what stands beside it: rooms or single files. "*" alone: anything but cli.
 */
export const rooms: Record<string, readonly string[]> = {
  // What of experiments every kind and workload knows.
  "components/experiment": [],
  // All that may be written: infrastructure and software by their kinds, benchmarks by their workloads.
  "components/experiment/whole": [
    "components/experiment",
    "components/kinds",
    "benchmarks/workloads/table.ts",
    "benchmarks/workloads/all.ts",
    ...kindFolders.map((folder) => `${folder}/kind.ts`),
  ],
  "components/plan": ["components/experiment", "components/kinds"],
  "components/plan/whole": [
    "components/experiment",
    "components/experiment/whole",
    "components/plan",
    "components/kinds",
  ],
  "components/contract": ["components/experiment", "components/kinds", "providers/kit/plain"],
  // What experiments and benchmarks make of a testbed that stands.
  "components/standing": [
    "components/contract",
    "components/experiment",
    "components/experiment/whole",
    "components/kinds",
  ],
  // How a program of Pulumi's shows what is wrong.
  "components/problems": ["components/experiment"],
  // A kind of software knows of its testbed what it is told.
  "components/kinds": ["components/experiment"],
  // On machines that exist, of whatever kind: it knows their interface.
  "components/kinds/*/resources": [
    "components/kinds",
    "components/experiment",
    "components/experiment/whole",
    "components/plan",
    "components/infrastructure.ts",
    "components/machine.ts",
    "components/deployment.ts",
    "components/contract/runs.ts",
    "artifacts/oci/recipe.ts",
    "local",
  ],
  "components/network": ["components/experiment", "components/plan"],
  "components/software": ["components/experiment", "components/plan", "local", "providers/kit/plain"],
  // A kind of infrastructure knows the interface that it has, and looks machine images up; it never knows software.
  ...Object.fromEntries(
    kindFolders.flatMap((folder) => [
      [
        folder,
        [
          ...["components/experiment", "components/plan", `${folder}/experiment`, `${folder}/plan`],
          ...["components/infrastructure.ts", "components/problems", "artifacts/machine-image", "local"],
          "providers/kit/plain",
          "providers/kit/plain",
        ],
      ],
      // Where its resources are loaded from, late, is all that it knows of them.
      [
        `${folder}/kind.ts`,
        ["components/experiment", `${folder}/experiment`, `${folder}/infrastructure.ts`, `${folder}/snapshots.ts`],
      ],
      // Saving machines is their provider's own affair.
      [`${folder}/snapshots.ts`, ["components/contract", folder.replace("components", "providers")]],
      [`${folder}/experiment`, ["components/experiment"]],
      [`${folder}/plan`, ["components/experiment", "components/plan", `${folder}/experiment`]],
    ]),
  ),
  components: [
    "components/experiment",
    "components/experiment/whole",
    "components/plan",
    "components/plan/whole",
    "components/problems",
    "components/kinds",
    "components/kinds/*/resources",
    "components/contract",
    "components/network",
    "components/software",
    "local",
    "providers/strata/access/hostKey.ts",
  ],
  stacks: ["components", "components/problems", "program"],
  // What the program of experiments does beside building the testbed: it reads the file, and starts soon.
  program: ["components", "components/experiment", "components/experiment/whole"],
  // Where this checkout keeps things on this machine, and what keeps others out and files whole.
  local: ["providers/kit/plain"],
  // What is told of everything that takes long: to the terminal, to programs.
  events: [],
  // What any program needs to run others and to speak to people: it knows nothing of plugins.
  "providers/kit/plain": [],
  "providers/kit": ["providers/kit/plain"],
  "providers/libvirt": ["providers/kit", "providers/kit/plain"],
  "providers/strata": ["providers/kit", "providers/kit/plain", "local"],
  "providers/command": ["providers/kit", "providers/kit/plain"],
  // Makes their schemas and SDKs before they run; none of them imports it.
  "providers/schema": ["providers/kit", "providers/libvirt", "providers/strata"],
  // Makes an npm package of one of them; it reads their files and imports none.
  "providers/pack": ["local"],
  // What kinds of software need of images and the mirror.
  artifacts: [
    "artifacts/machine-image",
    "benchmarks/workloads/all.ts",
    "components/experiment",
    "components/kinds",
    "setup/download.ts",
    "setup/goBuild.ts",
    "events",
    "local",
    "providers/kit/plain",
  ],
  "artifacts/machine-image": ["artifacts", "components/kinds", "events"],
  // doctor says of KVM what a testbed will find.
  setup: ["components/libvirt/probe.ts", "events", "local", "providers/kit/plain"],
  // Runs in containers on the machines, where nothing else of the tree is.
  "benchmarks/workloads/container": [],
  "benchmarks/workloads/*/container": ["benchmarks/workloads/container"],
  // What experiments say of a workload; what it does is loaded when it runs.
  "benchmarks/workloads/table.ts": ["benchmarks/workloads/*/spec.ts"],
  "benchmarks/workloads/all.ts": ["benchmarks/workloads/table.ts", "components/experiment"],
  "benchmarks/workloads/*/spec.ts": [
    "components/experiment",
    "components/kinds",
    "benchmarks/workloads/*/rules.ts",
    "benchmarks/workloads",
  ],
  "benchmarks/workloads/*/rules.ts": ["components/experiment", "components/kinds", "benchmarks/workloads/*/spec.ts"],
  "benchmarks/workloads": [
    "benchmarks",
    "benchmarks/workloads/all.ts",
    "benchmarks/metrics",
    "benchmarks/workloads/*/container",
    "benchmarks/workloads/*/spec.ts",
    "components/contract",
    "components/experiment",
    "providers/kit/plain",
  ],
  "benchmarks/metrics": ["components/experiment", "providers/kit/plain/errors.ts"],
  benchmarks: [
    "components/contract",
    "components/experiment",
    "components/experiment/whole",
    "components/standing",
    "benchmarks/metrics",
    "benchmarks/workloads/all.ts",
    "benchmarks/workloads/find.ts",
    "benchmarks/workloads/container",
    "setup/pulumi/environment.ts",
    "events",
    "local",
    "providers/kit/plain",
  ],
  cli: ["*"],
  docs: ["components"],
  tests: ["*"],
};

/** Rooms without Pulumi. */
const pure = [
  ...pureParts,
  "components/experiment",
  "components/experiment/whole",
  "components/plan",
  "components/plan/whole",
  "components/contract",
  "components/standing",
  "components/kinds",
  "benchmarks/metrics",
  "benchmarks/workloads",
  "benchmarks/workloads/container",
  "benchmarks/workloads/*/container",
  "benchmarks/workloads/table.ts",
  "benchmarks/workloads/all.ts",
  "benchmarks/workloads/*/spec.ts",
  "benchmarks/workloads/*/rules.ts",
];

/** Places that may use Pulumi's packages and our resource classes. */
const pulumiUsers = [
  "components",
  "stacks",
  "program",
  "providers",
  "setup/language-host",
  "benchmarks/stack.ts",
  "docs",
  "tests",
];

const within = (path: string, place: string): boolean => path === place || path.startsWith(`${place}/`);

const pattern = (room: string): RegExp => new RegExp(`^${room.replaceAll(".", "\\.").replaceAll("*", "[^/]+")}(/|$)`);

export function roomOf(path: string): string | undefined {
  return Object.keys(rooms)
    .filter((room) => (room.includes("*") ? pattern(room).test(path) : within(path, room)))
    .sort((a, b) => b.length - a.length)[0];
}

/** What a file imports that it may not, one sentence each. */
export function violations(source: Source): string[] {
  const room = roomOf(source.path);
  if (room === undefined) return [`${source.path} is in no room; add its folder to the table`];
  return [
    ...source.files.filter((file) => !mayImport(room, file)).map((file) => `${source.path} imports ${file}`),
    ...source.packages
      .filter((name) => !mayUse(source.path, room, name))
      .map((name) => `${source.path} imports ${name}`),
  ];
}

function mayImport(room: string, file: string): boolean {
  const target = roomOf(file);
  if (target === room) return true;
  if (room !== "tests" && (target === "cli" || target === "tests")) return false;
  return (rooms[room] ?? []).some((allowed) => allowed === "*" || allowed === file || allowed === target);
}

function mayUse(path: string, room: string, name: string): boolean {
  if (!/^@(pulumi|strata)\//.test(name)) return true;
  return !pure.includes(room) && pulumiUsers.some((place) => within(path, place));
}

/** Every TypeScript file of the tree. */
export function readTree(root: string): Source[] {
  return [...new Set(Object.keys(rooms).map((room) => room.split("/")[0] ?? room))]
    .flatMap((folder) => typescriptFiles(root, folder))
    .map((path) => readSource(path, readFileSync(join(root, path), "utf8")));
}

export function readSource(path: string, text: string): Source {
  const names = imported(text);
  const inTree = (all: string[]): string[] =>
    all.filter((name) => name.startsWith(".")).map((name) => posix.join(posix.dirname(path), name));
  return {
    path,
    lines: text.split("\n").length - 1,
    files: inTree(names),
    valueFiles: inTree(imported(text.replaceAll(/^(import|export) type [^;]*;/gm, ""))),
    packages: names.filter((name) => !name.startsWith(".")),
  };
}

const imported = (text: string): string[] =>
  ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);

function typescriptFiles(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : typescriptFiles(root, path);
    return entry.name.endsWith(".ts") ? [path] : [];
  });
}
