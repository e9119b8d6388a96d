import { z } from "zod";

/** What a Domain came to be. */
export const domainOutputs = z.strictObject({
  memory: z.int().describe("MiB."),
  vcpu: z.int().describe("Number of virtual processors."),
  arch: z.string().describe("Architecture of its processors."),
  machine: z.string().describe("Machine type of QEMU."),
  emulator: z.string().describe("Absolute path of QEMU."),
  type: z.string().describe('What "auto" came to: "kvm" or "qemu"; "test" on libvirt\'s test driver.'),
  autostart: z.boolean().describe("Whether it is started together with libvirt."),
  // Absent: an older version made it.
  loggedTo: z.string().optional().describe("The log that goes with the machine; empty: none does."),
});

export type DomainOutputs = z.infer<typeof domainOutputs>;
