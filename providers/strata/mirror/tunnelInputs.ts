import { z } from "zod";

export const tunnelInputs = z.strictObject({
  stack: z.string().describe("Stack whose machine and mirror it connects."),
  machine: z.string().describe("Name of the machine, for messages."),
  address: z.string().describe("Address at which the stack's ssh configuration has the machine."),
  port: z.int().min(1).max(65_535).optional().describe("TCP port on the machine's loop-back interface. Default: 5000."),
  machineId: z.string().optional().describe("Identity of the machine: another one has to be reached anew."),
});

export type TunnelInputs = z.infer<typeof tunnelInputs>;
