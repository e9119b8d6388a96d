import { z } from "zod";
import type { StateResource } from "../../components/contract/snapshots.ts";

/** How the engine marks a secret in a state that shows them (sdk/go/common/resource/sig of pulumi/pulumi). */
const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

const properties = z.record(z.string(), z.unknown());

const deployment = z.object({
  deployment: z.object({
    resources: z
      .array(
        z.object({
          urn: z.string(),
          type: z.string(),
          id: z.string().optional(),
          inputs: properties.optional(),
          outputs: properties.optional(),
          provider: z.string().optional(),
        }),
      )
      .optional(),
    pending_operations: z.array(z.unknown()).nullish(),
  }),
});

/** Resources of a stack in the order in which they were made, with their secrets. @param exported by `pulumi stack export --show-secrets`. */
export function resourcesIn(exported: string): StateResource[] {
  const { resources = [] } = deployment.parse(JSON.parse(exported)).deployment;
  return resources.map(({ urn, type, id = "", inputs = {}, outputs = {}, provider }) => ({
    ...{ urn, type, id, inputs: plainRecord(inputs), outputs: plainRecord(outputs) },
    ...(provider === undefined ? {} : { provider }),
  }));
}

/** Whether an operation of a killed engine's is under way in it. */
export function isPending(exported: string): boolean {
  return (deployment.parse(JSON.parse(exported)).deployment.pending_operations ?? []).length > 0;
}

const plainRecord = (record: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, plain(value)]));

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const record = value as Record<string, unknown>;
  if (record[signature] === secretSignature && typeof record.plaintext === "string") {
    return plain(JSON.parse(record.plaintext));
  }
  return plainRecord(record);
}
