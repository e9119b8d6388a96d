import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { sha256OfText } from "../store/checksum.ts";
import { filesAsInputs } from "../store/inputs.ts";
import { run } from "../store/run.ts";
import type { LayerRecipe } from "./layer.ts";

/** Source of the workloads, and where containers have it. */
const source = resolve(import.meta.dirname, "../../benchmarks/workloads");
export const workloadsPath = "/workloads";
const limitSeconds = 600;

/** Node.js' names of what Debian calls amd64 and arm64. */
const cpus = { amd64: "x64", arm64: "arm64" } as const;

/** A workload's npm packages, by its lock file, with the binaries of one architecture only. */
export function modulesLayer(workload: string, architecture: "amd64" | "arm64"): LayerRecipe {
  const folder = join(source, workload);
  const files = ["package.json", "package-lock.json", ".npmrc"].filter((file) => existsSync(join(folder, file)));
  return {
    name: `packages of ${workload}`,
    inputs: {
      architecture,
      path: workloadsPath,
      files: files.map((file) => [file, sha256OfText(readFileSync(join(folder, file), "utf8"))]),
    },
    fill: async (root, scratch, report) => {
      for (const file of files) copyFileSync(join(folder, file), join(scratch, file));
      report({ phase: "install", text: "npm ci" });
      await run({
        what: `installing the npm packages of ${workload}`,
        command: "npm",
        args: ["ci", "--omit=dev", "--ignore-scripts", "--os=linux", `--cpu=${cpus[architecture]}`, "--libc=glibc"],
        directory: scratch,
        limitSeconds,
      });
      trim(join(scratch, "node_modules"), cpus[architecture]);
      const target = join(root, workloadsPath, workload);
      mkdirSync(target, { recursive: true });
      cpSync(join(scratch, "node_modules"), join(target, "node_modules"), { recursive: true, verbatimSymlinks: true });
    },
  };
}

/** What a workload runs in containers: its own code and that which all have, which Node.js runs as they are. */
export function codeLayer(workload: string): LayerRecipe {
  const own = ["container/", `${workload}/container/`];
  const isCode = (path: string) => own.some((folder) => path.startsWith(folder)) && /\.(ts|json)$/.test(path);
  return {
    name: `code of ${workload}`,
    inputs: { path: workloadsPath, files: filesAsInputs(source, isCode) },
    fill: (root) => {
      for (const path of Object.keys(filesAsInputs(source, isCode))) {
        mkdirSync(join(root, workloadsPath, dirname(path)), { recursive: true });
        copyFileSync(join(source, path), join(root, workloadsPath, path));
      }
      // As the repository's own says it of the sources.
      writeFileSync(join(root, workloadsPath, "package.json"), JSON.stringify({ type: "module" }));
      return Promise.resolve();
    },
  };
}

/** Removes what only other platforms, compilers and readers need. */
function trim(modules: string, cpu: string): void {
  for (const entry of readdirSync(modules, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(modules, path);
    if (entry.isFile() && /\.(map|md|markdown|d\.[cm]?ts)$/.test(name)) rmSync(path);
    const platform = /^onnxruntime-node\/bin\/napi-v\d+\/([^/]+)(?:\/([^/]+))?$/.exec(name);
    if (platform === null || !entry.isDirectory()) continue;
    const [, system, architecture] = platform;
    if (system !== "linux" || (architecture !== undefined && architecture !== cpu))
      rmSync(path, { recursive: true, force: true });
  }
}
