import {
  defaultKubernetesVersion,
  isKubernetesVersion,
  kubernetesReleases,
  kubernetesVersions,
  type KubernetesRelease,
} from "../../components/spec/kubernetesVersions.ts";
import { ArtifactError } from "../store/errors.ts";

/** What machine images hold. */
export const defaultVersion = defaultKubernetesVersion;

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
export function companionsOf(version: string): KubernetesRelease {
  if (isKubernetesVersion(version)) return kubernetesReleases[version];
  throw new ArtifactError(
    `there is no Kubernetes ${version} to be had; choose one of ${kubernetesVersions.join(", ")}`,
  );
}
