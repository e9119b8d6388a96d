import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { sha256OfText } from "../store/checksum.ts";
import { filesAsInputs } from "../store/inputs.ts";
import { run } from "../store/run.ts";
import type { LayerRecipe } from "./layer.ts";

/** Source of the workload, and where containers have it. */
const source = resolve(import.meta.dirname, "../../benchmarks/workloads/image-classification");
export const workloadPath = "/workload";
const limitSeconds = 600;

/** Node.js' names of what Debian calls amd64 and arm64. */
const cpus = { amd64: "x64", arm64: "arm64" } as const;

/** The workload's npm packages, by its lock file, with the binaries of one architecture only. */
export function modulesLayer(architecture: "amd64" | "arm64"): LayerRecipe {
  const files = ["package.json", "package-lock.json", ".npmrc"].filter((file) => existsSync(join(source, file)));
  return {
    name: "workload packages",
    inputs: {
      architecture,
      files: files.map((file) => [file, sha256OfText(readFileSync(join(source, file), "utf8"))]),
    },
    fill: async (root, scratch, report) => {
      for (const file of files) copyFileSync(join(source, file), join(scratch, file));
      report("npm ci");
      await run({
        what: "installing the workload's npm packages",
        command: "npm",
        args: ["ci", "--omit=dev", "--ignore-scripts", "--os=linux", `--cpu=${cpus[architecture]}`, "--libc=glibc"],
        directory: scratch,
        limitSeconds,
      });
      trim(join(scratch, "node_modules"), cpus[architecture]);
      mkdirSync(join(root, workloadPath), { recursive: true });
      cpSync(join(scratch, "node_modules"), join(root, workloadPath, "node_modules"), {
        recursive: true,
        verbatimSymlinks: true,
      });
    },
  };
}

/** The workload's own code, which Node.js runs as it is. */
export function codeLayer(): LayerRecipe {
  const isCode = (path: string) =>
    !path.startsWith("node_modules/") &&
    (path === "package.json" || /\.(ts|json)$/.test(path)) &&
    path !== "package-lock.json";
  return {
    name: "workload code",
    inputs: filesAsInputs(source, isCode),
    fill: (root) => {
      for (const path of Object.keys(filesAsInputs(source, isCode))) {
        mkdirSync(join(root, workloadPath, dirname(path)), { recursive: true });
        copyFileSync(join(source, path), join(root, workloadPath, path));
      }
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
