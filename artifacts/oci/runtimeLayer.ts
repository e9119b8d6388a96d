import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Distribution } from "../sources/host.ts";
import { extractPackages, fetchPackages, takeLibraries } from "./debianPackages.ts";
import type { LayerRecipe } from "./layer.ts";

/** What Node.js, onnxruntime and sharp are linked against: the C and C++ libraries. */
const packages = ["libc6", "libgcc-s1", "libstdc++6", "zlib1g"];

/** The C and C++ libraries from the distribution's packages, and the few files that programs expect of a system. */
export function runtimeLayer(distribution: Distribution): LayerRecipe {
  return {
    name: "C libraries",
    inputs: { distribution, packages },
    fill: async (root, scratch, report) => {
      report({ phase: "download", text: "fetching packages" });
      await fetchPackages(packages, scratch);
      takeLibraries(await extractPackages(scratch), root);
      writeSystemFiles(root);
    },
  };
}

function writeSystemFiles(root: string): void {
  for (const directory of ["etc", "proc", "sys", "dev", "run", "run-dir", "tmp"]) mkdirSync(join(root, directory));
  chmodSync(join(root, "tmp"), 0o1777);
  writeFileSync(join(root, "etc/passwd"), "root:x:0:0:root:/:/nonexistent\n");
  writeFileSync(join(root, "etc/group"), "root:x:0:\n");
  writeFileSync(join(root, "etc/nsswitch.conf"), "passwd: files\ngroup: files\nhosts: files\n");
}
