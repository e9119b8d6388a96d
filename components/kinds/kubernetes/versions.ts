import { nearest } from "../../experiment/nearest.ts";

/** What belongs to a version of Kubernetes: the versions that its kubeadm asks for by itself (cmd/kubeadm/app/constants). */
export interface KubernetesRelease {
  etcd: string;
  coredns: string;
  pause: string;
}

/** The versions offered: the newest patch that can be had of each minor version, oldest first. */
export const kubernetesReleases = {
  "1.33.13": { etcd: "3.5.24-0", coredns: "v1.12.0", pause: "3.10" },
  "1.34.4": { etcd: "3.6.5-0", coredns: "v1.12.1", pause: "3.10.1" },
  "1.35.4": { etcd: "3.6.6-0", coredns: "v1.13.1", pause: "3.10.1" },
} as const satisfies Record<string, KubernetesRelease>;

export type KubernetesVersion = keyof typeof kubernetesReleases;

export const kubernetesVersions = Object.keys(kubernetesReleases) as KubernetesVersion[];

/** The one that machine images hold, whatever a testbed asks for: so another version never means another image. */
export const defaultKubernetesVersion: KubernetesVersion = "1.35.4";

export function isKubernetesVersion(text: string): text is KubernetesVersion {
  return Object.hasOwn(kubernetesReleases, text);
}

/** The offered version that is closest: the same minor version's, else the minor version nearest to it, else by spelling. */
export function nearestKubernetesVersion(text: string): KubernetesVersion | undefined {
  const minor = minorOf(text);
  if (minor === undefined) return nearest(text, kubernetesVersions) as KubernetesVersion | undefined;
  const distance = (version: string) => Math.abs((minorOf(version) ?? Infinity) - minor);
  return [...kubernetesVersions].sort((a, b) => distance(a) - distance(b))[0];
}

/** 35 of "1.35.4", "v1.35" or "1.35.x". */
function minorOf(version: string): number | undefined {
  const found = /^v?1\.(\d+)(\.|$)/.exec(version);
  return found?.[1] === undefined ? undefined : Number(found[1]);
}
