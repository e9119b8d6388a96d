import { join } from "node:path";
import { imageFile, item, itemEntry, type FilesItem, type ImageItem, type Item } from "../mirror/item.ts";
import { obtainAll } from "../mirror/obtainAll.ts";
import { entryDirectory } from "../store/entry.ts";
import { ArtifactError } from "../store/errors.ts";
import { keyOf } from "../store/inputs.ts";
import type { Progress } from "../store/progress.ts";
import { companionsOf, shared } from "./versions.ts";

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
const programs = "/usr/local/bin";
const plugins = "/opt/cni/bin";

interface Parts {
  files: { item: FilesItem; folder: string }[];
  images: ImageItem[];
}

function partsOf(version: string): Parts {
  const { etcd, coredns, pause } = companionsOf(version);
  const files = (name: string, itsVersion: string, folder: string) => ({
    item: item(name, itsVersion) as FilesItem,
    folder,
  });
  const image = (name: string, itsVersion: string) => item(name, itsVersion) as ImageItem;
  return {
    files: [
      files("containerd", shared.containerd, programs),
      files("cri-tools", shared["cri-tools"], programs),
      files("kubernetes", version, programs),
      files("cni-plugins", shared["cni-plugins"], plugins),
      files("cni-plugin-flannel", shared["cni-plugin-flannel"], plugins),
    ],
    images: [
      image("pause", pause),
      image("etcd", etcd),
      ...["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy"].map((name) =>
        image(name, version),
      ),
      image("coredns", coredns),
      image("flannel", shared.flannel),
      image("metrics-server", shared["metrics-server"]),
    ],
  };
}

/**
 * Programs and container images of a Kubernetes machine, from the store. What is missing there is taken from its
 * official release, or, where that can't be reached, built from its Go modules: some ten minutes the first time.
 *
 * @param version one of `companions`: "1.35.4".
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

/** All items of the mirror that a version needs: what takes longest to build first. */
export function kubernetesItems(version: string): Item[] {
  const { files, images } = partsOf(version);
  return [...files.map(({ item: wanted }) => wanted), ...images];
}

/** Key of all that kubernetesFiles gives for a version; nothing is fetched or built for it. */
export function kubernetesKey(version: string): string {
  const parts = partsOf(version);
  return keyOf({
    files: parts.files.map(({ item: wanted, folder }) => [itemEntry(wanted).key, folder]),
    images: parts.images.map((wanted) => itemEntry(wanted).key),
  });
}
