import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync, chmodSync } from "node:fs";
import { join } from "node:path";
import type { Distribution } from "../machine-image/host.ts";
import { run } from "../store/run.ts";
import type { LayerRecipe } from "./layer.ts";

/** What Node.js, onnxruntime and sharp are linked against: the C and C++ libraries. */
const packages = ["libc6", "libgcc-s1", "libstdc++6", "zlib1g"];
const limitSeconds = 300;

/** The C and C++ libraries from the distribution's packages, and the few files that programs expect of a system. */
export function runtimeLayer(distribution: Distribution): LayerRecipe {
  return {
    name: "C libraries",
    inputs: { distribution, packages },
    fill: async (root, scratch, report) => {
      report("fetching packages");
      await run({
        what: `fetching ${packages.join(", ")}`,
        command: "apt-get",
        // As this user: apt's own may not write to the store.
        args: ["-o", "APT::Sandbox::User=root", "--quiet", "download", ...packages],
        directory: scratch,
        limitSeconds,
      });
      const unpacked = join(scratch, "unpacked");
      for (const file of readdirSync(scratch).filter((name) => name.endsWith(".deb"))) {
        await run({
          what: `unpacking ${file}`,
          command: "dpkg-deb",
          args: ["--extract", file, unpacked],
          directory: scratch,
          limitSeconds,
        });
      }
      takeLibraries(unpacked, root);
      writeSystemFiles(root);
    },
  };
}

/** Merges /lib and /usr/lib, as Debian's systems do: packages of older releases still use both. */
function takeLibraries(unpacked: string, root: string): void {
  for (const directory of ["lib", "lib64"]) {
    const merged = join(root, "usr", directory);
    mkdirSync(merged, { recursive: true });
    for (const from of [join(unpacked, directory), join(unpacked, "usr", directory)]) {
      if (existsSync(from)) cpSync(from, merged, { recursive: true, verbatimSymlinks: true });
    }
    symlinkSync(`usr/${directory}`, join(root, directory));
  }
  // Character set conversions, which nothing here uses, are larger than all the rest.
  for (const architecture of readdirSync(join(root, "usr/lib"))) {
    rmSync(join(root, "usr/lib", architecture, "gconv"), { recursive: true, force: true });
  }
}

function writeSystemFiles(root: string): void {
  for (const directory of ["etc", "proc", "sys", "dev", "run", "run-dir", "tmp"]) mkdirSync(join(root, directory));
  chmodSync(join(root, "tmp"), 0o1777);
  writeFileSync(join(root, "etc/passwd"), "root:x:0:0:root:/:/nonexistent\n");
  writeFileSync(join(root, "etc/group"), "root:x:0:\n");
  writeFileSync(join(root, "etc/nsswitch.conf"), "passwd: files\ngroup: files\nhosts: files\n");
}
