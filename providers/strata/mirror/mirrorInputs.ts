import { z } from "zod";

export const mirrorInputs = z.strictObject({
  stack: z.string().describe("Stack whose machines the mirror serves."),
  namespace: z
    .string()
    .optional()
    .describe("Network namespace that the machines' network is in. Default: the host's own."),
  address: z
    .string()
    .optional()
    .describe(
      "The host's address on the machines' network, for example \"10.83.255.254\". Default: none; it " +
        "listens at a socket of this host, to which a Tunnel leads from each machine.",
    ),
  port: z.int().min(1).max(65_535).optional().describe("TCP port. Default: 5000."),
});

export type MirrorInputs = z.infer<typeof mirrorInputs>;
