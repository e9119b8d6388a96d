import { z } from "zod";
import { accessRates, device, shapingRules } from "./rules.ts";

export const shapingInputs = z.strictObject({
  stack: z.string().describe("Stack whose credentials are used."),
  machine: z.string().describe("Name of the machine, for messages."),
  address: z.string().describe("IPv4 address of the machine."),
  device: device.optional().describe("Network device in the machine. Default: eth0."),
  rules: shapingRules.describe(
    "By the tier that packets go to (cloud, edge, endpoint), or a machine with a rule of its own " +
      "(endpoint-3). Where there is no rule, packets go unchanged.",
  ),
  access: accessRates.optional().describe("Rates that all links of the machine share. Default: unlimited."),
  machineId: z
    .string()
    .optional()
    .describe("Identity of the machine: when it changes, the rules are applied to the new machine."),
  // Another version of Strata may write the same rules otherwise.
  scheme: z
    .number()
    .int()
    .optional()
    .describe("Another number applies the rules anew: what they become in the machine has changed."),
});

export type ShapingInputs = z.infer<typeof shapingInputs>;
