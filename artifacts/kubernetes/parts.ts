import { item, itemEntry, type FilesItem, type ImageItem, type Item } from "../mirror/item.ts";
import { keyOf } from "../store/inputs.ts";
import { companionsOf, shared } from "./versions.ts";

const programs = "/usr/local/bin";
const plugins = "/opt/cni/bin";

/** What a Kubernetes machine has. */
export interface Parts {
  /** Programs, and the folder of the machine that they are in. */
  files: { item: FilesItem; folder: string }[];
  images: ImageItem[];
}

export function partsOf(version: string): Parts {
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
      image("coredns", coredns.replace(/^v/, "")),
      image("flannel", shared.flannel),
      image("metrics-server", shared["metrics-server"]),
    ],
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
