import { z } from "zod";

export const tunnelInputs = z.strictObject({
  stack: z.string(),
  machine: z.string(),
  address: z.string(),
  port: z.int().min(1).max(65_535).optional(),
  domainId: z.string().optional(),
});

export type TunnelInputs = z.infer<typeof tunnelInputs>;
