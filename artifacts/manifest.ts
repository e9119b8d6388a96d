import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

const artifactSchema = z.strictObject({
  name: z.string(),
  /** Exact version, or the file that pins it. */
  version: z.string(),
  kind: z.enum(["npm", "npm-lock", "pypi", "deb"]),
  licence: z.string().optional(),
  /** The official publisher, in words. */
  source: z.string(),
  /** Whose checksum or signature it is, and where it is pinned. */
  checksum: z.string(),
  /** What is made of it, and where. */
  build: z.string(),
});

const mirroredSchema = {
  name: z.string(),
  versions: z.array(z.string()).min(1),
  licence: z.string(),
};

/** Programs that machines run. */
const mirroredFilesSchema = z.strictObject({
  ...mirroredSchema,
  kind: z.literal("file"),
  files: z.array(z.string()).min(1),
  /** {version}, {architecture} (in Go's terms) and {file} are put in. */
  official: z.strictObject({
    url: z.string(),
    /** The publisher's own SHA-256 of what `url` gives. */
    checksum: z.string(),
    /** Where `url` gives a compressed tar: a file's path in it. */
    archive: z.string().optional(),
  }),
  /** Folder of go/. */
  build: z.strictObject({ module: z.string() }),
});

/** A container image; its registry, which its name begins with, is the official source. */
const mirroredImageSchema = z.strictObject({
  ...mirroredSchema,
  kind: z.literal("image"),
  /** Full name with tag; {version} is put in. */
  image: z.string(),
  build: z.strictObject({
    module: z.string(),
    program: z.string(),
    /** Where the official image has the program; it is the entrypoint. */
    path: z.string(),
    /** The program runs iptables or nft. */
    packetFilters: z.boolean().default(false),
  }),
});

const manifestSchema = z.strictObject({
  artifacts: z.array(artifactSchema),
  mirror: z.array(z.discriminatedUnion("kind", [mirroredFilesSchema, mirroredImageSchema])),
});

export type Artifact = z.infer<typeof artifactSchema>;
export type MirroredFiles = z.infer<typeof mirroredFilesSchema>;
export type MirroredImage = z.infer<typeof mirroredImageSchema>;
export type Mirrored = MirroredFiles | MirroredImage;

let manifestFile: z.infer<typeof manifestSchema> | undefined;

function read(): z.infer<typeof manifestSchema> {
  manifestFile ??= manifestSchema.parse(parse(readFileSync(join(import.meta.dirname, "manifest.yaml"), "utf8")));
  return manifestFile;
}

/** What machine and container images are made of. */
export function artifacts(): Artifact[] {
  return read().artifacts;
}

/** What machines are given by the mirror. */
export function mirrored(): Mirrored[] {
  return read().mirror;
}

/** @throws Error for a name that manifest.yaml does not list. */
export function manifest(name: string): Artifact {
  const found = artifacts().find((artifact) => artifact.name === name);
  if (found === undefined) throw new Error(`artifacts/manifest.yaml has no artifact ${name}`);
  return found;
}

/** Pinned checksum of an artifact. @throws Error for a name that manifest.lock.yaml does not list. */
export function pinned(name: string): string {
  const value = pin(name);
  if (value === undefined) throw new Error(`artifacts/manifest.lock.yaml has no checksum of ${name}`);
  return value;
}

/** Pinned checksum of an artifact that may be pinned: "kubeadm 1.35.4 amd64", "registry.k8s.io/pause:3.10.1 amd64". */
export function pin(name: string): string | undefined {
  const lock: unknown = parse(readFileSync(join(import.meta.dirname, "manifest.lock.yaml"), "utf8"));
  return z.record(z.string(), z.string()).parse(lock)[name];
}
