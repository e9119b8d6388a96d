import { z } from "zod";

// What is read here of the engine's own events, which `pulumi up --json` and the like print, one a line.

const stateSchema = z.object({
  /** A resource with a life cycle, not a component. */
  custom: z.boolean().optional(),
  parent: z.string().optional(),
  inputs: z.record(z.string(), z.unknown()).nullish(),
});

const metadataSchema = z.object({
  op: z.string(),
  urn: z.string(),
  old: stateSchema.nullish(),
  new: stateSchema.nullish(),
  /** Properties that differ. */
  diffs: z.array(z.string()).nullish(),
  /** The same by their whole paths, where the provider tells them. */
  detailedDiff: z.record(z.string(), z.unknown()).nullish(),
});

const onResource = z.object({ metadata: metadataSchema });

export const engineEventSchema = z.object({
  /** The engine is about to do something; a preview, what it would do. */
  resourcePreEvent: onResource.optional(),
  resOutputsEvent: onResource.optional(),
  resOpFailedEvent: onResource.optional(),
  diagnosticEvent: z
    .object({
      /** Absent: of the stack as a whole. */
      urn: z.string().optional(),
      message: z.string(),
      severity: z.string(),
      /** Of interest for a moment only. */
      ephemeral: z.boolean().optional(),
    })
    .optional(),
  stdoutEvent: z.object({ message: z.string() }).optional(),
  summaryEvent: z
    .object({
      durationSeconds: z.number(),
      resourceChanges: z.record(z.string(), z.int()).nullish(),
    })
    .optional(),
});

export type EngineEvent = z.infer<typeof engineEventSchema>;
export type Metadata = z.infer<typeof metadataSchema>;
export type Summary = NonNullable<EngineEvent["summaryEvent"]>;
