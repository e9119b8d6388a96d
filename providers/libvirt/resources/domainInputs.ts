import { z } from "zod";
import { cpuSetPattern, parseCpuSet } from "./cpuSet.ts";
import { objectName } from "./names.ts";

const macAddress = z
  .string()
  .regex(/^([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}$/, 'write six pairs of hexadecimal digits, "52:54:00:12:34:56"');
const hostPath = z.string().regex(/^\/./, "write an absolute path");
const bytesPerSecond = z.number().int().positive("must be a number of bytes per second");

const cpuSet = z
  .string()
  .regex(cpuSetPattern, 'write processors of the host, "0" or "0-1,3"')
  .refine((text) => parseCpuSet(text).length > 0, "holds no processor: a range goes from the lower to the higher one");

const disk = z
  .strictObject({
    volumeId: z
      .string()
      .min(1, "must not be empty; write the id of a Volume")
      .describe("Id of a Volume or a CloudInitDisk."),
    diskRead: bytesPerSecond.optional().describe("Upper bound on what the machine reads, bytes per second."),
    diskWrite: bytesPerSecond.optional().describe("Upper bound on what the machine writes, bytes per second."),
  })
  .meta({ id: "libvirt:index/DomainDisk:DomainDisk", description: "A disk of a machine." });

const networkInterface = z
  .strictObject({
    networkId: z.string().min(1).optional().describe("Id of a Network."),
    networkName: objectName.optional().describe("Name of a network that libvirt has."),
    bridge: z.string().min(1).optional().describe("Name of a bridge on the host that is not libvirt's."),
    mac: macAddress.optional().describe('"52:54:00:12:34:56". Without it, one is derived from the resource.'),
    waitForLease: z
      .boolean()
      .optional()
      .describe("Waits at the start until the network's DHCP server has given an address."),
    linkUp: z.boolean().optional().describe("False pulls the cable; changed while the machine runs. Default: true."),
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
  })
  .meta({
    id: "libvirt:index/DomainNetworkInterface:DomainNetworkInterface",
    description: "A network interface of a machine, with exactly one of networkId, networkName and bridge.",
  });

const console = z
  .strictObject({
    type: z
      .literal("pty", { message: 'only pseudo-terminals are supported; write "pty"' })
      .describe('Only "pty": a pseudo-terminal on the host.'),
    targetPort: z
      .string()
      .regex(/^\d$/, "write a port number, 0 to 9, as text")
      .describe('Port number as text; "0" for the first console.'),
    targetType: z.enum(["serial", "virtio"]).optional().describe('"serial" (the default) or "virtio".'),
  })
  .meta({ id: "libvirt:index/DomainConsole:DomainConsole", description: "A console of a machine." });

const cpu = z
  .strictObject({
    mode: z
      .enum(["maximum", "host-model", "host-passthrough"])
      .optional()
      .describe('"host-passthrough" or "host-model" under KVM, "maximum" for all that the emulator can do.'),
  })
  .meta({ id: "libvirt:index/DomainCpu:DomainCpu", description: "The processor that a machine sees." });

const mebibytes = z.number().int().min(1, "must be at least 1 MiB");
const processors = z.number().int().min(1, "must be at least 1").max(512);

/** What a Domain takes. Everything else that upstream's provider knows is refused by name. */
export const domainInputs = z
  .strictObject({
    name: objectName.describe("Name in libvirt. Default: the resource's name."),
    description: z.string().optional().describe("Any text."),
    memory: mebibytes
      .optional()
      .describe("MiB. Default: 512. A change restarts the machine, unless memoryMaximum leaves room for it."),
    memoryMaximum: mebibytes
      .optional()
      .describe(
        "MiB up to which memory can be changed while the machine runs, through a balloon device; its " +
          "system needs the driver virtio_balloon. Default: memory, so that a change of it restarts the " +
          "machine.",
      ),
    vcpu: processors
      .optional()
      .describe(
        "Number of virtual processors. Default: 1. A change restarts the machine, unless vcpuMaximum " +
          "leaves room for it.",
      ),
    vcpuMaximum: processors
      .optional()
      .describe(
        "Number up to which vcpu can be changed while the machine runs; its system has to switch a new " +
          "processor on. Default: vcpu, so that a change of it restarts the machine.",
      ),
    cpu: cpu.optional().describe("The processor that the machine sees. Default: QEMU's."),
    cpuQuota: z
      .number()
      .min(0.1, "must be a share from 0.1 to 1")
      .max(1, "must be a share from 0.1 to 1")
      .optional()
      .describe("Share of each virtual processor's time that the machine may use, 0.1 to 1. Default: all of it."),
    cpuPinning: z
      .array(cpuSet)
      .min(1, "pin at least one processor, or leave it out")
      .optional()
      .describe(
        'The host\'s processors that each virtual one may run on, in order: ["0", "1-2"]. Default: all of them.',
      ),
    type: z.enum(["kvm", "qemu"]).optional().describe('"kvm" or "qemu"; domainType has a choice more.'),
    domainType: z
      .enum(["auto", "kvm", "qemu"])
      .optional()
      .describe(
        '"kvm", "qemu" (emulation), or "auto" (the default): kvm where the host\'s /dev/kvm opens and, on x86, ' +
          "its processor has hardware virtualisation.",
      ),
    arch: z.string().min(1).optional().describe("Architecture of its processors. Default: that of this machine."),
    machine: z.string().min(1).optional().describe("Machine type of QEMU. Default: q35 on x86, virt on ARM."),
    emulator: hostPath.optional().describe("Absolute path of QEMU. Default: libvirt knows it."),
    kernel: z
      .string()
      .min(1)
      .optional()
      .describe("A Volume's id, or a path on the host: the machine boots this kernel directly."),
    initrd: z
      .string()
      .min(1)
      .optional()
      .describe("A Volume's id, or a path on the host: initial RAM disk of that kernel."),
    cmdlines: z
      .array(z.record(z.string(), z.string()))
      .optional()
      .describe(
        'Command line of that kernel: each key makes key=value, and "_" holds words of its own: [{ root: ' +
          '"/dev/vda", _: "rw quiet" }].',
      ),
    disks: z
      .array(disk)
      .max(20, "at most 20 disks fit")
      .optional()
      .describe("In the order in which the machine sees them: vda, vdb ... Other volumes make a new machine."),
    cloudinit: z.string().min(1).optional().describe("Id of a CloudInitDisk, attached as a CD-ROM."),
    networkInterfaces: z
      .array(networkInterface)
      .max(16, "at most 16 interfaces fit")
      .optional()
      .describe("In the order in which the machine sees them."),
    consoles: z.array(console).optional().describe("Default: one serial console."),
    consoleLog: hostPath
      .optional()
      .describe(
        "Absolute path on the host: what the machine prints on its first serial console is written " +
          "there, anew at each start.",
      ),
    prepared: z
      .string()
      .regex(/^\/./, "write an absolute path")
      .optional()
      .describe(
        "Absolute path of a directory of the machine that the plugin runs on, one for each kind of machine: a machine is kept there that was booted as far as it could without an identity and saved with its memory; the first " +
          "resource makes it. The machine starts as a copy of that, and takes its identity from its seed, the second of its two disks; where that can't be, it boots. Only with libvirt on the same machine, and an image that can wait for its identity.",
      ),
    autostart: z.boolean().optional().describe("Started together with libvirt. Default: false."),
    running: z.boolean().optional().describe("False to leave it switched off. Default: true."),
    graceful: z
      .number()
      .int()
      .min(0, "must be a number of seconds")
      .max(3600, "must be at most an hour")
      .optional()
      .describe(
        "Seconds that the machine has to shut down by itself before it is switched off. Default: 30 at a " +
          "restart or with running: false, and 0 when it is deleted.",
      ),
    lease: z
      .number()
      .int()
      .min(1, "must be a number of seconds")
      .optional()
      .describe(
        "Seconds that it may be kept from each update of it on. Its metadata says when that ends " +
          "(virsh metadata NAME urn:pulumi:libvirt:lease), for who cleans up; the plugin itself never removes it.",
      ),
    restarts: z
      .number()
      .int()
      .min(0, "must be a number, counted up")
      .optional()
      .describe(
        "How often changes have restarted the machine. The provider counts it, so that a preview names a " +
          "restart; a program that gives it restarts the machine by another number.",
      ),
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
export const defaults = { memory: 512, vcpu: 1 } as const;
