import { join } from "node:path";
import { imageFile, itemEntry, type Item } from "../mirror/item.ts";
import { obtainAll } from "../mirror/obtainAll.ts";
import { entryDirectory } from "../store/entry.ts";
import { ArtifactError } from "../store/errors.ts";
import type { Progress } from "../store/progress.ts";
import { itemsOf, partsOf, type MirroredSoftware } from "./parts.ts";

/** A program that software brings to its machines. */
export interface SoftwareFile {
  name: string;
  /** On this host, in the store. */
  path: string;
  /** On the machine. */
  target: string;
  mode: number;
}

export interface SoftwareImage {
  /** Full official name with tag. */
  name: string;
  /** OCI archive on this host, in the store. */
  archive: string;
}

export interface SoftwareFiles {
  files: SoftwareFile[];
  images: SoftwareImage[];
}

/** How many artifacts are got at a time. */
const jobs = 4;

/**
 * Programs and container images of a kind of software, from the store. What is missing there is taken from its
 * official release, or, where that can't be reached, built from its Go modules: some ten minutes the first time.
 *
 * @param software in a version that experiments may name.
 * @throws ArtifactError with what failed, why, and the fix.
 */
export async function softwareFiles(software: MirroredSoftware, progress?: Progress): Promise<SoftwareFiles> {
  const obtained = await obtainAll(itemsOf(software), ["official", "build"], jobs, progress);
  const failed = obtained.flatMap((one) => ("entry" in one ? [] : [one.reason]));
  if (failed.length > 0) throw new ArtifactError(failed.join("\n"));
  const parts = partsOf(software);
  const directory = (wanted: Item) => entryDirectory(itemEntry(wanted));
  return {
    files: parts.files.flatMap(({ item: wanted, folder }) =>
      wanted.files.map((name) => ({
        name,
        path: join(directory(wanted), name),
        target: `${folder}/${name}`,
        mode: 0o755,
      })),
    ),
    images: parts.images.map((wanted) => ({ name: wanted.image, archive: join(directory(wanted), imageFile) })),
  };
}
