import { z } from "zod";

export const kubeconfigInputs = z.strictObject({
  stack: z.string().describe("Stack whose credentials are used."),
  machine: z.string().describe("Name of the control plane's machine, for messages."),
  address: z.string().describe("IPv4 address of the control plane's machine."),
  server: z
    .string()
    .regex(/^https:\/\/[^/]+$/, 'is no address of an API; write "https://127.0.0.1:6443"')
    .describe(
      'Where this host reaches the API, for example "https://127.0.0.1:23456"; one of the certificate\'s names.',
    ),
  machineId: z
    .string()
    .optional()
    .describe("Identity of the machine: when it changes, the new machine's kubeconfig is read."),
  timeoutSeconds: z
    .number()
    .positive()
    .optional()
    .describe("Longest wait for the API, in seconds. Default: 600 without anything new, two hours in all."),
});

export type KubeconfigInputs = z.infer<typeof kubeconfigInputs>;
