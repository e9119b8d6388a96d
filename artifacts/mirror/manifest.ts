import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

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
  mirror: z.array(z.discriminatedUnion("kind", [mirroredFilesSchema, mirroredImageSchema])),
});

export type MirroredFiles = z.infer<typeof mirroredFilesSchema>;
export type MirroredImage = z.infer<typeof mirroredImageSchema>;
export type Mirrored = MirroredFiles | MirroredImage;

let list: Mirrored[] | undefined;

/** What machines are given by the mirror; read once, and only where somebody asks. */
export function mirrored(): Mirrored[] {
  list ??= manifestSchema.parse(parse(readFileSync(join(import.meta.dirname, "manifest.yaml"), "utf8"))).mirror;
  return list;
}
