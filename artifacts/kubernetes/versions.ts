import { ArtifactError } from "../store/errors.ts";

/** Versions that kubeadm of one version of Kubernetes asks for: constants of its own. */
export interface Companions {
  etcd: string;
  coredns: string;
  pause: string;
}

/** The versions of Kubernetes that can be had, oldest first: one patch of each of three minor versions. */
export const companions: Readonly<Record<string, Companions>> = {
  "1.33.13": { etcd: "3.5.24-0", coredns: "1.12.0", pause: "3.10" },
  "1.34.4": { etcd: "3.6.5-0", coredns: "1.12.1", pause: "3.10.1" },
  "1.35.4": { etcd: "3.6.6-0", coredns: "1.13.1", pause: "3.10.1" },
};

/** What machine images hold. */
export const defaultVersion = "1.35.4";

/** Versions of what all versions of Kubernetes share. */
export const shared = {
  containerd: "2.2.1",
  "cri-tools": "1.34.0",
  "cni-plugins": "1.9.1",
  "cni-plugin-flannel": "0.9.1",
  flannel: "0.28.10",
  "metrics-server": "0.8.0",
} as const;

/** @throws ArtifactError for a version that can't be had; it says which can. */
export function companionsOf(version: string): Companions {
  const found = companions[version];
  if (found !== undefined) return found;
  throw new ArtifactError(
    `there is no Kubernetes ${version} to be had; choose one of ${Object.keys(companions).join(", ")}`,
  );
}
