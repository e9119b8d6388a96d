import { z } from "zod";

/** A name as the API takes it (RFC 1123). */
const nodeName = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, "is no name of a node; write lower-case letters, digits, - and .");

const taint = z
  .string()
  .regex(
    /^[\w./-]+(=[\w.-]*)?:(NoSchedule|PreferNoSchedule|NoExecute)$/,
    'is no taint; write "key=value:NoSchedule" (or PreferNoSchedule, NoExecute)',
  );

export const nodeInputs = z.strictObject({
  stack: z.string(),
  machine: z.string(),
  address: z.string(),
  control: z.strictObject({ machine: z.string(), address: z.string() }),
  name: nodeName,
  version: z.string().regex(/^\d+\.\d+\.\d+$/, 'is no version; write "1.35.4"'),
  labels: z.record(z.string(), z.string()).optional(),
  taints: z.array(taint).optional(),
  domainId: z.string().optional(),
  timeoutSeconds: z.number().positive().optional(),
  drainSeconds: z.number().nonnegative().optional(),
});

export type NodeInputs = z.infer<typeof nodeInputs>;
