import { z } from "zod";
import { objectName } from "./names.ts";
import { sourcePath } from "./source.ts";

/** What a Volume takes. */
export const volumeInputs = z
  .strictObject({
    name: objectName.describe("Name in its pool. Default: the resource's name."),
    pool: objectName.describe('Name of the pool. Default: "default".'),
    source: z
      .string()
      .refine((text) => sourcePath(text) !== undefined, "write an absolute path or a file:// URL")
      .optional()
      .describe("Absolute path (or file:// URL) of a qcow2 or raw image on this machine, which is uploaded."),
    sourceSha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/, "write 64 lower-case hexadecimal digits")
      .optional()
      .describe(
        "SHA-256 of the source, which says that nobody changes it: where the daemon sees the same file " +
          "system, the volume then shares the file's bytes (a hard link, under an overlay) instead of " +
          "getting a copy. Not where the daemon changes the owner of disks (dynamic_ownership), which " +
          "would be the source's too.",
      ),
    sourceModifiedMs: z
      .number()
      .positive()
      .optional()
      .describe(
        "When the source was last modified while it had sourceSha256, milliseconds since 1970; one that " +
          "was modified since is read and checked.",
      ),
    baseVolumeId: z.string().min(1).optional().describe("Id of the volume that this one is a qcow2 overlay of."),
    baseVolumeName: objectName.optional().describe("Name of that volume, in place of its id."),
    baseVolumePool: objectName.optional().describe("The pool of baseVolumeName. Default: the same pool."),
    format: z.enum(["qcow2", "raw"]).optional().describe('"qcow2" or "raw". Default: that of the source, else qcow2.'),
    size: z
      .number()
      .int()
      .positive("must be a number of bytes")
      .optional()
      .describe("Size that a machine sees, bytes. Default: that of the base volume; never given with a source."),
  })
  .superRefine((volume, context) => {
    const problem = (path: string, message: string): void => {
      context.addIssue({ code: "custom", path: [path], message });
    };
    const based = volume.baseVolumeId !== undefined || volume.baseVolumeName !== undefined;
    if (volume.source !== undefined && based) problem("source", "a volume has either a source or a base volume");
    if (volume.baseVolumeId !== undefined && volume.baseVolumeName !== undefined) {
      problem("baseVolumeName", "name the base volume once: by baseVolumeId or by baseVolumeName");
    }
    if (volume.baseVolumePool !== undefined && volume.baseVolumeName === undefined) {
      problem("baseVolumePool", "says where baseVolumeName is, which is missing");
    }
    if (volume.source !== undefined && volume.size !== undefined) {
      problem("size", "the size is that of the source; leave it out");
    }
    if (volume.sourceSha256 !== undefined && volume.source === undefined) {
      problem("sourceSha256", "says what source has in it, which is missing");
    }
    if ((volume.sourceSha256 === undefined) !== (volume.sourceModifiedMs === undefined)) {
      problem("sourceModifiedMs", "belongs to sourceSha256: give both or none");
    }
    if (volume.source === undefined && !based && volume.size === undefined) {
      problem("size", "an empty volume needs a size in bytes");
    }
    if (based && volume.format === "raw") problem("format", "an overlay of a base volume has the format qcow2");
  });

export type VolumeInputs = z.infer<typeof volumeInputs>;
