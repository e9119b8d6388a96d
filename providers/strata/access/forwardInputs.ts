import { z } from "zod";

export const forwardInputs = z.strictObject({
  stack: z.string().describe("Stack that the forward belongs to."),
  namespace: z
    .string()
    .optional()
    .describe("Network namespace that the target is in. Default: the host's own; then nothing is started."),
  through: z
    .string()
    .optional()
    .describe(
      "Address of the machine that makes the connections, over ssh, where the network is another host's. " +
        "Default: none.",
    ),
  target: z
    .string()
    .regex(/^[\w.-]+:\d{1,5}$/, 'is no address and port; write "10.83.0.10:6443"')
    .describe('Where connections go, for example "10.83.0.10:6443".'),
});

export type ForwardInputs = z.infer<typeof forwardInputs>;
