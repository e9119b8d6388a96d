import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { run } from "../store/run.ts";

/** Time of every file in a layer, in seconds since 1970: equal content gives an equal digest. */
const fileTime = 0;
/** Layers are read back by an emulated processor at worst, never sent over a network: speed before size. */
const compressionLevel = 4;
const limitSeconds = 300;

/** A layer's two checksums: of the compressed file (its name in an image) and of the tar inside (its content). */
export interface LayerDigests {
  digest: string;
  diffId: string;
}

/** Packs a directory as a tar that depends on names, modes and contents alone. */
export async function packDirectory(directory: string, archive: string): Promise<void> {
  await run({
    what: `packing ${directory}`,
    command: "tar",
    args: [
      "--create",
      "--file",
      archive,
      "--directory",
      directory,
      "--sort=name",
      `--mtime=@${fileTime}`,
      "--owner=0",
      "--group=0",
      "--numeric-owner",
      "--format=gnu",
      ".",
    ],
    limitSeconds,
  });
}

/** Compresses a layer's tar. gzip's header holds no name and no time, so equal tars give equal files. */
export async function compressLayer(tar: string, layer: string): Promise<LayerDigests> {
  const content = createHash("sha256");
  const compressed = createHash("sha256");
  await pipeline(
    createReadStream(tar),
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        content.update(chunk);
        yield chunk;
      }
    },
    createGzip({ level: compressionLevel }),
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        compressed.update(chunk);
        yield chunk;
      }
    },
    createWriteStream(layer),
  );
  return { digest: `sha256:${compressed.digest("hex")}`, diffId: `sha256:${content.digest("hex")}` };
}
