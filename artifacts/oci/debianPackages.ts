import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { run } from "../store/run.ts";

const limitSeconds = 300;

/** Fetches packages of the host's distribution, without what they depend on, into `directory`. */
export async function fetchPackages(packages: string[], directory: string): Promise<void> {
  await run({
    what: `fetching ${packages.join(", ")}`,
    command: "apt-get",
    // As this user: apt's own may not write to the store.
    args: ["-o", "APT::Sandbox::User=root", "--quiet", "download", ...packages],
    directory,
    limitSeconds,
  });
}

/** @returns the folder into which the packages of `directory` were unpacked. */
export async function extractPackages(directory: string): Promise<string> {
  const unpacked = join(directory, "unpacked");
  for (const file of readdirSync(directory).filter((name) => name.endsWith(".deb"))) {
    await run({
      what: `unpacking ${file}`,
      command: "dpkg-deb",
      args: ["--extract", file, unpacked],
      directory,
      limitSeconds,
    });
  }
  return unpacked;
}

/** Merges /lib and /usr/lib, as Debian's systems do: packages of older releases still use both. */
export function takeLibraries(unpacked: string, root: string): void {
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
