/** What a kind takes from the mirror (artifacts/mirror/manifest.yaml), for each of its versions. */
export interface ArtifactSet {
  versions: readonly string[];
  /** The version that machine images hold, whatever a testbed asks for: so another one never means another image. */
  defaultVersion: string;
  /** containerd's namespace that its images are in. */
  namespace: string;
  /** @param version one of `versions`. */
  of(version: string): Artifacts;
}

export interface Artifacts {
  /** Programs, and the folder of the machine that they are in. What takes longest to build first. */
  programs: (Artifact & { folder: string })[];
  images: Artifact[];
}

/** One version of what the mirror's manifest lists. */
export interface Artifact {
  name: string;
  version: string;
}
