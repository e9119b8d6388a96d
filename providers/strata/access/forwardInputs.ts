import { z } from "zod";

export const forwardInputs = z.strictObject({
  stack: z.string(),
  namespace: z.string().optional(),
  through: z.string().optional(),
  target: z.string().regex(/^[\w.-]+:\d{1,5}$/, 'is no address and port; write "10.83.0.10:6443"'),
});

export type ForwardInputs = z.infer<typeof forwardInputs>;
