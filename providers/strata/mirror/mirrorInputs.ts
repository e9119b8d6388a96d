import { z } from "zod";

export const mirrorInputs = z.strictObject({
  stack: z.string(),
  namespace: z.string().optional(),
  address: z.string().optional(),
  port: z.int().min(1).max(65_535).optional(),
});

export type MirrorInputs = z.infer<typeof mirrorInputs>;
