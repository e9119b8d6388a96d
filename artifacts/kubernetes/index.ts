import { join } from "node:path";
import { imageFile, itemEntry, type Item } from "../mirror/item.ts";
import { obtainAll } from "../mirror/obtainAll.ts";
import { entryDirectory } from "../store/entry.ts";
import { ArtifactError } from "../store/errors.ts";
import type { Progress } from "../store/progress.ts";
import { kubernetesItems, partsOf } from "./parts.ts";

/** A program of a Kubernetes machine. */
export interface KubernetesFile {
  name: string;
  /** On this host, in the store. */
  path: string;
  /** On the machine. */
  target: string;
  mode: number;
}

export interface KubernetesImage {
  /** Full official name with tag. */
  name: string;
  /** OCI archive on this host, in the store. */
  archive: string;
}

export interface KubernetesFiles {
  files: KubernetesFile[];
  images: KubernetesImage[];
}

/** How many artifacts are got at a time. */
const jobs = 4;

/**
 * Programs and container images of a Kubernetes machine, from the store. What is missing there is taken from its
 * official release, or, where that can't be reached, built from its Go modules: some ten minutes the first time.
 *
 * @param version one of those that experiments may name: "1.35.4".
 * @throws ArtifactError with what failed, why, and the fix.
 */
export async function kubernetesFiles(version: string, progress?: Progress): Promise<KubernetesFiles> {
  const obtained = await obtainAll(kubernetesItems(version), ["official", "build"], jobs, progress);
  const failed = obtained.flatMap((one) => ("entry" in one ? [] : [one.reason]));
  if (failed.length > 0) throw new ArtifactError(failed.join("\n"));
  const parts = partsOf(version);
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
