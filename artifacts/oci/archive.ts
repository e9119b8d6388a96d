import { linkSync, copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sha256OfText } from "../store/checksum.ts";
import { packDirectory } from "./files.ts";
import type { Layer } from "./layer.ts";

export interface ImageConfig {
  /** In Go's terms, which the format uses: the same as Debian's for the two that Strata knows. */
  architecture: "amd64" | "arm64";
  entrypoint: string[];
  environment: Record<string, string>;
  workingDirectory: string;
  labels?: Record<string, string>;
}

/** Media types of the OCI image specification 1.1. */
const mediaTypes = {
  index: "application/vnd.oci.image.index.v1+json",
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar+gzip",
};

/** How the format refers to a blob. */
export interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
}

/**
 * Writes an image as an OCI image layout in a tar, which containerd imports as it is.
 *
 * @param name full name with tag, which an import gives the image.
 * @returns the image's digest: that of its manifest.
 */
export async function writeArchive(
  name: string,
  config: ImageConfig,
  layers: Layer[],
  archive: string,
): Promise<string> {
  const texts: Descriptor[] = [];
  const put = (mediaType: string, content: unknown): Descriptor => {
    const text = JSON.stringify(content);
    const hex = sha256OfText(text);
    writeFileSync(`${archive}.${hex}`, text);
    texts.push({ mediaType, digest: `sha256:${hex}`, size: Buffer.byteLength(text) });
    return { mediaType, digest: `sha256:${hex}`, size: Buffer.byteLength(text) };
  };
  const manifest = put(mediaTypes.manifest, {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: put(mediaTypes.config, configBlob(config, layers)),
    layers: layers.map(({ digest, bytes }) => ({ mediaType: mediaTypes.layer, digest, size: bytes })),
  });
  const files = texts.map(({ digest }) => ({ digest, file: `${archive}.${hexOf(digest)}` }));
  await writeLayout(name, manifest, [...files, ...layers], archive);
  for (const { file } of files) rmSync(file);
  return manifest.digest;
}

/**
 * Writes an archive of what is there already.
 *
 * @param manifest the image's manifest, whose blob and all that it refers to are in `blobs`.
 */
export async function writeLayout(
  name: string,
  manifest: Descriptor,
  blobs: readonly { digest: string; file: string }[],
  archive: string,
): Promise<void> {
  const directory = `${archive}.layout`;
  const folder = join(directory, "blobs/sha256");
  mkdirSync(folder, { recursive: true });
  // An image may have equal layers.
  for (const [digest, { file }] of new Map(blobs.map((blob) => [blob.digest, blob]))) {
    takeBlob(file, join(folder, hexOf(digest)));
  }
  const annotations = { "io.containerd.image.name": name, "org.opencontainers.image.ref.name": name };
  const index = { schemaVersion: 2, mediaType: mediaTypes.index, manifests: [{ ...manifest, annotations }] };
  writeFileSync(join(directory, "index.json"), JSON.stringify(index));
  writeFileSync(join(directory, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  await packDirectory(directory, archive);
  rmSync(directory, { recursive: true });
}

function configBlob(config: ImageConfig, layers: Layer[]): unknown {
  return {
    architecture: config.architecture,
    os: "linux",
    config: {
      Entrypoint: config.entrypoint,
      Env: Object.entries(config.environment).map(([name, value]) => `${name}=${value}`),
      WorkingDir: config.workingDirectory,
      ...(config.labels === undefined ? {} : { Labels: config.labels }),
    },
    rootfs: { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) },
  };
}

function hexOf(digest: string): string {
  return digest.slice("sha256:".length);
}

/** Layers are large: the same file under a second name where the file system allows it. */
function takeBlob(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}
