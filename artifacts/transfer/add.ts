import { accessSync, chmodSync, constants, copyFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { hostDistribution } from "../sources/host.ts";
import { pin } from "../manifest.ts";
import { indexTar, readMember } from "../serve/tarIndex.ts";
import { buildEntry } from "../store/build.ts";
import { sha256OfFile } from "../store/checksum.ts";
import type { Entry } from "../store/entry.ts";
import { ArtifactError } from "../store/errors.ts";
import { imageFile, itemEntry, type Item } from "../mirror/item.ts";

export interface Addition {
  item: Item;
  /** The programs by their names, or the one OCI archive of an image. */
  files: readonly string[];
  /** The publisher's checksum of the one file, where the user knows it. */
  sha256?: string | undefined;
  /** The user's own word: no checksum is asked for, and the record says so. */
  asIs: boolean;
}

/**
 * Puts files that the user brings into the store, in place of what is there once they are in it whole.
 *
 * @throws ArtifactError when a file is missing, is not what its checksum says, or has none and `asIs` is not given.
 */
export async function addItem({ item, files, sha256, asIs }: Addition): Promise<Entry> {
  const sources =
    item.kind === "image" ? [[imageFile, onlyOne(files, item)] as const] : programs(files, item.files, item);
  for (const [name, file] of sources) checkFile(name, file, { item, sha256, asIs, alone: sources.length === 1 });
  const digest = item.kind === "image" ? manifestDigest(sources[0]?.[1] ?? "") : undefined;
  return buildEntry({
    name: itemEntry(item),
    what: item.title,
    anew: true,
    neededBytes: 1e9,
    limitSeconds: 600,
    make: (directory) => {
      for (const [target, file] of sources) {
        copyFileSync(file, join(directory, target));
        chmodSync(join(directory, target), item.kind === "image" ? 0o644 : 0o755);
      }
      const from = asIs ? "the user's own file, not checked" : "the user's file, checked";
      return Promise.resolve({ artifact: item.name, version: item.version, source: "added", from, digest });
    },
  });
}

function onlyOne(files: readonly string[], { title }: Item): string {
  const [file] = files;
  if (file === undefined || files.length > 1) {
    throw new ArtifactError(`${title} is one container image; name its OCI archive (a tar), and nothing else`);
  }
  return file;
}

function programs(files: readonly string[], wanted: readonly string[], { title }: Item): (readonly [string, string])[] {
  const found = wanted.map((name) => [name, files.find((file) => basename(file) === name)] as const);
  const missing = found.filter(([, file]) => file === undefined).map(([name]) => name);
  const other = files.filter((file) => !wanted.includes(basename(file)));
  if (missing.length > 0 || other.length > 0) {
    const what = missing.length > 0 ? `missing: ${missing.join(", ")}` : `not of it: ${other.join(", ")}`;
    throw new ArtifactError(`${title} is ${wanted.join(", ")}, each in a file of that name; ${what}`);
  }
  return found.flatMap(([name, file]) => (file === undefined ? [] : [[name, file] as const]));
}

function checkFile(name: string, file: string, given: Omit<Addition, "files"> & { alone: boolean }): void {
  if (!isReadable(file)) throw new ArtifactError(`${file} is no file that can be read; check its path and its mode`);
  if (given.asIs) return;
  const { item, sha256, alone } = given;
  const { architecture } = hostDistribution();
  const expected = (alone ? sha256 : undefined) ?? pin(`${name} ${item.version} ${architecture}`);
  if (expected === undefined) {
    throw new ArtifactError(
      `${file}: there is no checksum of ${item.title} to check it by; give the publisher's with --sha256 HEX (one file), ` +
        "or take the file as it is with --as-is; the record and every report then say so",
    );
  }
  const actual = sha256OfFile(file);
  if (actual !== expected) {
    throw new ArtifactError(
      `${file}: its SHA-256 is ${actual}, not ${expected}; it was refused, fetch it again from its publisher`,
    );
  }
}

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** @throws ArtifactError when the file is no OCI archive of one image. */
function manifestDigest(archive: string): string {
  try {
    const members = indexTar(archive);
    const index = members.get("index.json");
    const parsed = JSON.parse(index === undefined ? "{}" : readMember(archive, index).toString()) as {
      manifests?: { digest: string }[];
    };
    const [manifest] = parsed.manifests ?? [];
    if (manifest !== undefined && parsed.manifests?.length === 1) return manifest.digest;
  } catch {
    // Said below.
  }
  throw new ArtifactError(
    `${archive} is no OCI archive of one image; make one with: ctr images export --platform linux/amd64 FILE IMAGE`,
  );
}
