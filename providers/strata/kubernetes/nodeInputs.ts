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

const controlPlane = z
  .strictObject({
    machine: z.string().describe("Name of the machine, for messages."),
    address: z.string().describe("IPv4 address of the machine; the API is at its port 6443."),
  })
  .meta({
    id: "strata:kubernetes:ControlPlane",
    description: "The machine that a cluster's control plane runs on.",
  });

export const nodeInputs = z.strictObject({
  stack: z.string().describe("Stack whose credentials are used."),
  machine: z.string().describe("Name of the machine, for messages."),
  address: z.string().describe("IPv4 address of the machine."),
  control: controlPlane.describe("The cluster that the machine joins."),
  name: nodeName.describe("Name of the node in the cluster. Default: the machine's name."),
  version: z
    .string()
    .regex(/^\d+\.\d+\.\d+$/, 'is no version; write "1.35.4"')
    .describe(
      'Version of the machine\'s kubelet, for example "1.35.4". A software role installs it; this waits for it.',
    ),
  labels: z.record(z.string(), z.string()).optional().describe("Labels beside those that Kubernetes itself sets."),
  taints: z.array(taint).optional().describe('Taints, for example ["dedicated=broker:NoSchedule"].'),
  machineId: z
    .string()
    .optional()
    .describe("Identity of the machine: when it changes, the new machine joins in the old one's place."),
  timeoutSeconds: z
    .number()
    .positive()
    .optional()
    .describe(
      "Longest wait for joining and readiness together, in seconds. Default: 900 without anything new, " +
        "two hours in all.",
    ),
  drainSeconds: z
    .number()
    .nonnegative()
    .optional()
    .describe("Longest wait for pods to leave the node before it is removed, in seconds. Default: 60."),
});

export type NodeInputs = z.infer<typeof nodeInputs>;
