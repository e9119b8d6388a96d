import { z } from "zod";

export const kubeconfigInputs = z.strictObject({
  stack: z.string(),
  machine: z.string(),
  address: z.string(),
  server: z.string().regex(/^https:\/\/[^/]+$/, 'is no address of an API; write "https://127.0.0.1:6443"'),
  domainId: z.string().optional(),
  timeoutSeconds: z.number().positive().optional(),
});

export type KubeconfigInputs = z.infer<typeof kubeconfigInputs>;
