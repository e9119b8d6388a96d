import { kindOf, type KindName } from "../../components/kinds/index.ts";
import type { ArtifactSet } from "../../components/kinds/artifacts.ts";
import { item, itemEntry, type FilesItem, type ImageItem, type Item } from "../mirror/item.ts";
import { ArtifactError } from "../store/errors.ts";
import { keyOf } from "../store/inputs.ts";

/** A kind of software in one of the versions that the mirror has what it needs for. */
export interface MirroredSoftware {
  kind: KindName;
  version: string;
}

/** What a machine with such software has of the mirror. */
export interface Parts {
  /** Programs, and the folder of the machine that they are in. */
  files: { item: FilesItem; folder: string }[];
  images: ImageItem[];
}

/** @throws ArtifactError for a version that can't be had; it says which can. */
export function partsOf({ kind, version }: MirroredSoftware): Parts {
  const { programs, images } = artifactsOf(kind, version).of(version);
  return {
    files: programs.map(({ name, version: its, folder }) => ({ item: item(name, its) as FilesItem, folder })),
    images: images.map(({ name, version: its }) => item(name, its) as ImageItem),
  };
}

function artifactsOf(kind: KindName, version: string): ArtifactSet {
  const { title, artifacts } = kindOf(kind);
  if (artifacts?.versions.includes(version)) return artifacts;
  const versions = artifacts?.versions.join(", ") ?? "none";
  throw new ArtifactError(`there is no ${title} ${version} to be had; choose one of ${versions}`);
}

/** All items of the mirror that a version needs: what takes longest to build first. */
export function itemsOf(software: MirroredSoftware): Item[] {
  const { files, images } = partsOf(software);
  return [...files.map(({ item: wanted }) => wanted), ...images];
}

/** Key of all that softwareFiles gives for a version; nothing is fetched or built for it. */
export function softwareKey(software: MirroredSoftware): string {
  const parts = partsOf(software);
  return keyOf({
    files: parts.files.map(({ item: wanted, folder }) => [itemEntry(wanted).key, folder]),
    images: parts.images.map((wanted) => itemEntry(wanted).key),
  });
}
