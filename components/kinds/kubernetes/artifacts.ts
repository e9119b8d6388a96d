import type { Artifacts, ArtifactSet } from "../artifacts.ts";
import {
  defaultKubernetesVersion,
  isKubernetesVersion,
  kubernetesReleases,
  kubernetesVersions,
  type KubernetesRelease,
} from "./versions.ts";

/** Versions of what all versions of Kubernetes share. */
const shared = {
  containerd: "2.2.1",
  "cri-tools": "1.34.0",
  "cni-plugins": "1.9.1",
  "cni-plugin-flannel": "0.9.1",
  flannel: "0.28.10",
  "metrics-server": "0.8.0",
} as const;

const programs = "/usr/local/bin";
const plugins = "/opt/cni/bin";

/** What a Kubernetes machine has of the mirror. Other versions than the default come from it when they are installed. */
export const kubernetesArtifacts: ArtifactSet = {
  versions: kubernetesVersions,
  defaultVersion: defaultKubernetesVersion,
  namespace: "k8s.io",
  of: (version) => {
    if (!isKubernetesVersion(version)) throw new Error(`there is no Kubernetes ${version}`);
    return artifactsOf(version, kubernetesReleases[version]);
  },
};

function artifactsOf(version: string, { etcd, coredns, pause }: KubernetesRelease): Artifacts {
  const own = ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy"];
  return {
    programs: [
      { name: "containerd", version: shared.containerd, folder: programs },
      { name: "cri-tools", version: shared["cri-tools"], folder: programs },
      { name: "kubernetes", version, folder: programs },
      { name: "cni-plugins", version: shared["cni-plugins"], folder: plugins },
      { name: "cni-plugin-flannel", version: shared["cni-plugin-flannel"], folder: plugins },
    ],
    images: [
      { name: "pause", version: pause },
      { name: "etcd", version: etcd },
      ...own.map((name) => ({ name, version })),
      { name: "coredns", version: coredns.replace(/^v/, "") },
      { name: "flannel", version: shared.flannel },
      { name: "metrics-server", version: shared["metrics-server"] },
    ],
  };
}
