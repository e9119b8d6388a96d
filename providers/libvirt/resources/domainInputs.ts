import { z } from "zod";
import { cpuSetPattern, parseCpuSet } from "./cpuSet.ts";
import { objectName } from "./names.ts";

const macAddress = z
  .string()
  .regex(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/, 'write six lower-case pairs, "52:54:00:12:34:56"');
const hostPath = z.string().regex(/^\/./, "write an absolute path");
const bytesPerSecond = z.number().int().positive("must be a number of bytes per second");

const cpuSet = z
  .string()
  .regex(cpuSetPattern, 'write processors of the host, "0" or "0-1,3"')
  .refine((text) => parseCpuSet(text).length > 0, "holds no processor: a range goes from the lower to the higher one");

const disk = z.strictObject({
  volumeId: z.string().min(1),
  diskRead: bytesPerSecond.optional(),
  diskWrite: bytesPerSecond.optional(),
});

const networkInterface = z
  .strictObject({
    networkId: z.string().min(1).optional(),
    networkName: objectName.optional(),
    bridge: z.string().min(1).optional(),
    mac: macAddress.optional(),
    linkUp: z.boolean().optional(),
    waitForLease: z.boolean().optional(),
  })
  .superRefine(({ networkId, networkName, bridge, waitForLease }, context) => {
    const sources = [networkId, networkName, bridge].filter((source) => source !== undefined);
    if (sources.length !== 1) {
      context.addIssue({ code: "custom", message: "give exactly one of networkId, networkName and bridge" });
    }
    if (waitForLease === true && bridge !== undefined) {
      context.addIssue({
        code: "custom",
        path: ["waitForLease"],
        message: "libvirt knows no leases of a foreign bridge; leave it out",
      });
    }
  });

const console = z.strictObject({
  type: z.literal("pty", { message: 'only pseudo-terminals are supported; write "pty"' }),
  targetPort: z.string().regex(/^\d$/, "write a port number, 0 to 9, as text"),
  targetType: z.enum(["serial", "virtio"]).optional(),
});

/** What a Domain takes. Everything else that upstream's provider knows is refused by name. */
export const domainInputs = z
  .strictObject({
    name: objectName,
    description: z.string().optional(),
    memory: z.number().int().min(1, "must be at least 1 MiB").optional(),
    memoryMaximum: z.number().int().min(1, "must be at least 1 MiB").optional(),
    vcpu: z.number().int().min(1, "must be at least 1").max(512).optional(),
    vcpuMaximum: z.number().int().min(1, "must be at least 1").max(512).optional(),
    cpu: z.strictObject({ mode: z.enum(["maximum", "host-model", "host-passthrough"]).optional() }).optional(),
    cpuQuota: z.number().min(0.1, "must be a share from 0.1 to 1").max(1, "must be a share from 0.1 to 1").optional(),
    cpuPinning: z.array(cpuSet).min(1, "pin at least one processor, or leave it out").optional(),
    graceful: z.number().int().min(0, "must be a number of seconds").max(3600, "must be at most an hour").optional(),
    restarts: z.number().int().min(0, "must be a number, counted up").optional(),
    type: z.enum(["kvm", "qemu"]).optional(),
    domainType: z.enum(["auto", "kvm", "qemu"]).optional(),
    arch: z.string().min(1).optional(),
    machine: z.string().min(1).optional(),
    emulator: hostPath.optional(),
    kernel: z.string().min(1).optional(),
    initrd: z.string().min(1).optional(),
    cmdlines: z.array(z.record(z.string(), z.string())).optional(),
    disks: z.array(disk).max(20, "at most 20 disks fit").optional(),
    cloudinit: z.string().min(1).optional(),
    networkInterfaces: z.array(networkInterface).max(16, "at most 16 interfaces fit").optional(),
    consoles: z.array(console).optional(),
    consoleLog: hostPath.optional(),
    autostart: z.boolean().optional(),
    running: z.boolean().optional(),
  })
  .superRefine((domain, context) => {
    const problem = (path: string, message: string): void => {
      context.addIssue({ code: "custom", path: [path], message });
    };
    if (domain.type !== undefined && domain.domainType !== undefined) {
      problem("domainType", "type says the same; give one of them");
    }
    const { memory = defaults.memory, vcpu = defaults.vcpu, memoryMaximum, vcpuMaximum } = domain;
    if (memoryMaximum !== undefined && memory > memoryMaximum) {
      problem("memory", `${memory} MiB are more than memoryMaximum, ${memoryMaximum} MiB`);
    }
    if (vcpuMaximum !== undefined && vcpu > vcpuMaximum) {
      problem("vcpu", `${vcpu} are more than vcpuMaximum, ${vcpuMaximum}`);
    }
    if ((domain.cpuPinning?.length ?? 0) > (vcpuMaximum ?? vcpu)) {
      problem("cpuPinning", `pins more processors than the machine has (${vcpuMaximum ?? vcpu})`);
    }
    for (const key of ["initrd", "cmdlines"] as const) {
      if (domain[key] !== undefined && domain.kernel === undefined) problem(key, "needs a kernel to boot");
    }
    if (domain.cpu?.mode === "host-passthrough" && (domain.domainType ?? domain.type) === "qemu") {
      problem("cpu", 'mode host-passthrough needs kvm; under emulation "maximum" gives all that QEMU can emulate');
    }
    if (
      domain.consoleLog !== undefined &&
      domain.consoles?.every(({ targetType }) => targetType === "virtio") === true
    ) {
      problem("consoleLog", "logs the first serial console, and consoles has none");
    }
  });

export type DomainInputs = z.infer<typeof domainInputs>;
export type DiskInputs = z.infer<typeof disk>;
export type InterfaceInputs = z.infer<typeof networkInterface>;

/** Memory and processors of a machine that does not say how many it wants; upstream's defaults. */
export const defaults = { memory: 512, vcpu: 1, machine: "q35" } as const;
