import { createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { messageOf } from "../../providers/kit/plain/errors.ts";
import { imageFile, itemEntry, items } from "../mirror/item.ts";
import { findEntry, readRecord } from "../store/entry.ts";
import { indexTar, readMember } from "./tarIndex.ts";

/** Bytes to hand out: a whole file of the store, or a part of an image's archive. */
export interface Content {
  file: string;
  offset: number;
  bytes: number;
  /** In hex. */
  sha256: string;
  mediaType: string;
}

/** All that is served, by the names that requests use. */
export interface Catalogue {
  /** Full image name with tag, to its manifest's digest. */
  tags: Map<string, string>;
  /** Digests of manifests; all other blobs are served under /blobs/ only. */
  manifests: Set<string>;
  /** By digest. */
  blobs: Map<string, Content>;
  /** "cri-tools/1.34.0/crictl". */
  files: Map<string, Content>;
  /** What was found damaged and is not served, with the reason. */
  refused: string[];
}

const indexSchema = z.object({
  manifests: z.array(z.object({ digest: z.string(), mediaType: z.string() })).length(1),
});

/** Looks at what of the mirror is in the store. */
export function readCatalogue(): Catalogue {
  const catalogue: Catalogue = {
    tags: new Map(),
    manifests: new Set(),
    blobs: new Map(),
    files: new Map(),
    refused: [],
  };
  for (const item of items()) {
    const entry = findEntry(itemEntry(item));
    if (entry.state === "corrupt") catalogue.refused.push(`${item.title}: ${entry.problem ?? "damaged"}`);
    if (entry.state !== "ready") continue;
    if (item.kind === "image") addImage(catalogue, item.image, join(entry.directory, imageFile));
    else {
      for (const [name, { sha256, bytes }] of Object.entries(readRecord(itemEntry(item)).files)) {
        const content = { file: join(entry.directory, name), offset: 0, bytes, sha256 };
        catalogue.files.set(`${item.name}/${item.version}/${name}`, {
          ...content,
          mediaType: "application/octet-stream",
        });
      }
    }
  }
  return catalogue;
}

/** Adds an OCI image layout in a tar. */
export function addImage(catalogue: Catalogue, image: string, archive: string): void {
  try {
    const members = indexTar(archive);
    const index = members.get("index.json");
    if (index === undefined) throw new Error("there is no index.json in it");
    const [manifest] = indexSchema.parse(JSON.parse(readMember(archive, index).toString())).manifests;
    if (manifest === undefined) return;
    for (const [path, { offset, bytes }] of members) {
      const sha256 = /^blobs\/sha256\/([0-9a-f]{64})$/.exec(path)?.[1];
      if (sha256 === undefined) continue;
      const mediaType = `sha256:${sha256}` === manifest.digest ? manifest.mediaType : "application/octet-stream";
      catalogue.blobs.set(`sha256:${sha256}`, { file: archive, offset, bytes, sha256, mediaType });
    }
    catalogue.manifests.add(manifest.digest);
    catalogue.tags.set(image, manifest.digest);
  } catch (error) {
    catalogue.refused.push(`${image}: ${messageOf(error)}`);
  }
}

const checked = new Map<string, { mtimeMs: number; intact: boolean }>();

/**
 * Whether content still is what its checksum says. It is read once; again only after its file was modified.
 */
export async function isIntact(content: Content): Promise<boolean> {
  const mtimeMs = statSync(content.file, { throwIfNoEntry: false })?.mtimeMs;
  if (mtimeMs === undefined) return false;
  const name = `${content.sha256} ${content.file}`;
  const known = checked.get(name);
  if (known?.mtimeMs === mtimeMs) return known.intact;
  const hash = createHash("sha256");
  if (content.bytes > 0) {
    const range = { start: content.offset, end: content.offset + content.bytes - 1 };
    for await (const chunk of createReadStream(content.file, range)) hash.update(chunk as Buffer);
  }
  const intact = hash.digest("hex") === content.sha256;
  checked.set(name, { mtimeMs, intact });
  return intact;
}
