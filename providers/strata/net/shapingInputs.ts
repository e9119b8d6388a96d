import { z } from "zod";
import { accessRates, device, shapingRules } from "./rules.ts";

export const shapingInputs = z.strictObject({
  stack: z.string(),
  machine: z.string(),
  address: z.string(),
  device: device.optional(),
  rules: shapingRules,
  access: accessRates.optional(),
  domainId: z.string().optional(),
});

export type ShapingInputs = z.infer<typeof shapingInputs>;
