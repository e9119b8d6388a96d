import { z } from "zod";

/** A resource as the engine's states have it; what is not named here is passed on as it is. */
const resourceSchema = z.looseObject({
  urn: z.string(),
  parent: z.string().optional(),
  provider: z.string().optional(),
  dependencies: z.array(z.string()).nullish(),
  propertyDependencies: z.record(z.string(), z.array(z.string()).nullable()).nullish(),
  deletedWith: z.string().optional(),
  replaceWith: z.array(z.string()).nullish(),
  viewOf: z.string().optional(),
  aliases: z.array(z.string()).nullish(),
  delete: z.boolean().optional(),
  pendingReplacement: z.boolean().optional(),
});

const operationSchema = z.looseObject({ type: z.string(), resource: resourceSchema });

/** What a stack's state says of it, apart from the stack's name (the engine's DeploymentV3). */
export const deploymentSchema = z.looseObject({
  resources: z.array(resourceSchema).nullish(),
  pending_operations: z.array(operationSchema).nullish(),
});

export type Resource = z.infer<typeof resourceSchema>;
export type Operation = z.infer<typeof operationSchema>;
export type Deployment = z.infer<typeof deploymentSchema>;

/** An entry's kinds, by the engine's numbers. */
export const kinds = {
  begin: 0,
  success: 1,
  failure: 2,
  refreshSuccess: 3,
  outputs: 4,
  write: 5,
  secretsManager: 6,
  rebuiltBaseState: 7,
  extension: 8,
  snippets: 9,
} as const;

const index = z.number().int().nonnegative().nullish();

/**
 * What the engine writes before and after each step, version 1 of its journal. "Old" ones are indices of resources of the state that
 * the update began with; "new" ones are the operations that made a resource in this update.
 */
export const entrySchema = z.looseObject({
  version: z.literal(1),
  kind: z.union(Object.values(kinds).map((kind) => z.literal(kind))),
  sequenceID: z.number().int(),
  operationID: z.number().int(),
  removeOld: index,
  removeNew: index,
  pendingReplacementOld: index,
  pendingReplacementNew: index,
  deleteOld: index,
  deleteNew: index,
  state: resourceSchema.optional(),
  operation: operationSchema.optional(),
  isRefresh: z.boolean().optional(),
  secretsProvider: z.unknown().optional(),
  snippets: z.unknown().optional(),
  newSnapshot: deploymentSchema.optional(),
  extensionRef: z.string().optional(),
  extension: z.unknown().optional(),
  requiresByteString: z.boolean().optional(),
});

export type Entry = z.infer<typeof entrySchema>;
