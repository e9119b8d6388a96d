import { hostDistribution } from "../sources/host.ts";
import { packetFilterPackages } from "../oci/packetFilterLayer.ts";
import { goModuleKey } from "../sources/goModule.ts";
import type { EntryName } from "../store/entry.ts";
import { ArtifactError } from "../store/errors.ts";
import { keyOf } from "../store/inputs.ts";
import { mirrored, type Mirrored, type MirroredFiles, type MirroredImage } from "./manifest.ts";

interface Common {
  name: string;
  version: string;
  /** "coredns 1.13.1": for messages, and to name it on the command line. */
  title: string;
}

/** One version of some programs. */
export interface FilesItem extends Common {
  kind: "file";
  artifact: MirroredFiles;
  files: string[];
}

/** One version of a container image. */
export interface ImageItem extends Common {
  kind: "image";
  artifact: MirroredImage;
  /** Full name with tag. */
  image: string;
}

/** What the mirror keeps and serves as one thing. */
export type Item = FilesItem | ImageItem;

/** All versions of all that the manifest lists. */
export function items(): Item[] {
  return mirrored().flatMap((artifact) => artifact.versions.map((version) => itemOf(artifact, version)));
}

/** @throws ArtifactError for what the manifest does not list; it says what there is. */
export function item(name: string, version: string): Item {
  const artifact = mirrored().find((candidate) => candidate.name === name);
  if (artifact === undefined) {
    const names = mirrored().map((candidate) => candidate.name);
    throw new ArtifactError(`the mirror has no artifact ${name}; it has ${names.join(", ")}`);
  }
  if (!artifact.versions.includes(version)) {
    throw new ArtifactError(`the mirror has no ${name} ${version}; it has ${name} ${artifact.versions.join(", ")}`);
  }
  return itemOf(artifact, version);
}

function itemOf(artifact: Mirrored, version: string): Item {
  const common = { name: artifact.name, version, title: `${artifact.name} ${version}` };
  if (artifact.kind === "file") return { ...common, kind: artifact.kind, artifact, files: artifact.files };
  return { ...common, kind: artifact.kind, artifact, image: artifact.image.replaceAll("{version}", version) };
}

/** Version of the Go module that an item is built from: image tags of etcd add a number of the packaging. */
export function moduleVersion({ version }: Item): string {
  return version.replace(/-\d+$/, "");
}

/**
 * Where an item is in the store. Its key depends on what it is and how it could be built, not on the way it came: an
 * official release and a build of it replace each other.
 */
export function itemEntry(wanted: Item): EntryName {
  const key = keyOf({
    artifact: { ...wanted.artifact, versions: wanted.version },
    architecture: hostDistribution().architecture,
    module: goModuleKey(wanted.artifact.build.module, moduleVersion(wanted)),
    ...(wanted.kind === "image" && wanted.artifact.build.packetFilters ? { packetFilterPackages } : {}),
  });
  return { kind: "mirror", key, record: "artifact.json" };
}

/** File of an image's entry: an OCI image layout in a tar. */
export const imageFile = "image.tar";
