import { existsSync } from "node:fs";
import { join } from "node:path";
import { kindNames, kindOf } from "../../components/kinds/index.ts";
import type { ImagePart } from "../../components/kinds/kind.ts";
import { containerKey, containerNames, podContainerNames } from "../oci/recipe.ts";
import { softwareKey, type MirroredSoftware } from "../software/parts.ts";
import { ArtifactError } from "../store/errors.ts";
import { filesAsInputs, keyOf } from "../store/inputs.ts";
import type { Distribution } from "../sources/host.ts";
import { rootfsKey } from "./rootfs.ts";

/** Raised when the build's steps change in a way that the files below do not show. */
const formatVersion = 1;

/** Folder of what the build runs and puts into an image. */
export const filesDirectory = join(import.meta.dirname, "files");

/** Serial console of QEMU's machines. */
const consoles: Record<Distribution["architecture"], string> = { amd64: "ttyS0", arm64: "ttyAMA0" };

/**
 * Kernel command line of every machine.
 *
 * `tsc=reliable`: an emulated guest otherwise drops to a clock whose every read leaves the guest. `no_timer_check`: on a
 * busy host an emulated timer can come too late for the kernel's check, which then panics ("IO-APIC + timer doesn't
 * work"; 1 of 6 boots at a tenth of a core each). `i8042.nokbd`, `i8042.noaux`: no keyboard and mouse are looked for, so
 * the power button is the first input device. `mitigations=off`, no security modules, no self-tests, nothing of what hardens
 * a kernel against its own programs: machines run nothing but the experiment, and an emulated one boots with a tenth less.
 */
export function commandLine(architecture: Distribution["architecture"]): string {
  return [
    "root=/dev/vda",
    "rw",
    `console=${consoles[architecture]}`,
    "tsc=reliable",
    "no_timer_check",
    "i8042.nokbd",
    "i8042.noaux",
    "net.ifnames=0",
    "quiet",
    "loglevel=4",
    "mitigations=off",
    "lsm=",
    "audit=0",
    "init_on_alloc=0",
    "hardened_usercopy=off",
    "randomize_kstack_offset=off",
    "cryptomgr.notests",
    "random.trust_cpu=on",
  ].join(" ");
}

/** Time of every file that a build makes itself, in seconds since 1970: equal packages give equal images. */
export const sourceDateEpoch = 1_767_225_600;

/** Folder of what only a kind of software puts into an image, where it does: files, and the units it needs. */
export function kindDirectory(kind: string): string {
  return join(import.meta.dirname, "../../components/kinds", kind, "image");
}

/** Room for logs and measurements before the file system is grown to the machine's disk, in MiB. */
const usualDiskMib = 2048;

interface Software extends ImagePart {
  containers?: readonly string[];
  /** What of the mirror is in the image. */
  mirrored?: MirroredSoftware;
}

/** What a kind of software adds to the image, or a benchmark's workload. */
const software: Record<string, Software> = {
  ...Object.fromEntries(
    kindNames.map((kind): [string, Software] => {
      const { image, artifacts } = kindOf(kind);
      // Other versions than the default come from the mirror when they are installed: a changed version leaves the image,
      // and so the machines, as they are.
      return [kind, { ...image, ...(artifacts && { mirrored: { kind, version: artifacts.defaultVersion } }) }];
    }),
  ),
  workload: { packages: ["containerd", "runc"], containers: containerNames },
};

const basePackages = [
  "busybox-static",
  "ethtool",
  "iperf3",
  "iproute2",
  "iptables",
  "iputils-ping",
  "kmod",
  "openssh-server",
  "procps",
  "python3",
  "systemd-sysv",
  "udev",
];

/** Ubuntu's smaller kernel, linux-image-virtual, comes without netem and ifb: they are in the "extra" modules of this one. */
const kernelPackages: Record<Distribution["id"], (architecture: string) => string> = {
  debian: (architecture) => `linux-image-cloud-${architecture}`,
  ubuntu: () => "linux-image-generic",
};

export interface Recipe {
  key: string;
  /** Sorted, without duplicates. */
  kinds: string[];
  distribution: Distribution;
  packages: string[];
  containers: readonly string[];
  mirrored: MirroredSoftware[];
  diskMib: number;
}

/**
 * What goes into a machine image, and the key that names it.
 *
 * @param kinds kinds of software; "base" is always there, whether named or not.
 * @throws ArtifactError for a kind that images know nothing of.
 */
export function recipe(kinds: string[], distribution: Distribution): Recipe {
  const wanted = [...new Set(kinds)].filter((kind) => kind !== "base").sort();
  const parts = wanted.map((kind) => {
    const part = software[kind];
    if (part !== undefined) return part;
    const known = ["base", ...Object.keys(software)].join(", ");
    throw new ArtifactError(`a machine image knows no software "${kind}"; it knows ${known}`);
  });
  const kernel = kernelPackages[distribution.id](distribution.architecture);
  const unwanted = parts.flatMap((part) => part.insteadOf ?? []);
  const packages = [...new Set([...basePackages, kernel, ...parts.flatMap((part) => part.packages)])]
    .filter((name) => !unwanted.includes(name))
    .sort();
  const containers = [...new Set(parts.flatMap((part) => part.containers ?? []))].sort();
  const mirrored = parts.flatMap((part) => part.mirrored ?? []);
  const diskMib = Math.max(usualDiskMib, ...parts.map((part) => part.diskMib ?? 0));
  const key = keyOf({
    formatVersion,
    rootfs: rootfsKey(distribution, packages, sourceDateEpoch),
    commandLine: commandLine(distribution.architecture),
    sourceDateEpoch,
    files: filesAsInputs(filesDirectory),
    kinds: Object.assign({}, ...wanted.map(kindFiles)) as Record<string, string>,
    diskMib,
    containers: containers.map(containerKey),
    ...(mirrored.length === 0 ? {} : { inPods: podContainerNames }),
    ...Object.fromEntries(mirrored.map((one) => [one.kind, softwareKey(one)])),
  });
  return { key, kinds: wanted, distribution, packages, containers, mirrored, diskMib };
}

/** What a kind puts into an image, by "KIND/PATH". */
function kindFiles(kind: string): Record<string, string> {
  const directory = kindDirectory(kind);
  if (!existsSync(directory)) return {};
  const files = Object.entries(filesAsInputs(directory));
  return Object.fromEntries(files.map(([path, content]) => [`${kind}/${path}`, content]));
}
