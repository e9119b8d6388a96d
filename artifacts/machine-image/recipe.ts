import { join } from "node:path";
import { kubernetesKey } from "../kubernetes/parts.ts";
import { defaultVersion } from "../kubernetes/versions.ts";
import { containerKey, containerNames } from "../oci/recipe.ts";
import { ArtifactError } from "../store/errors.ts";
import { filesAsInputs, keyOf } from "../store/inputs.ts";
import type { Distribution } from "./host.ts";
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
 * the power button is the first input device. `mitigations=off`, no security modules, no self-tests: machines run nothing
 * but the experiment.
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
    "apparmor=0",
    "audit=0",
    "cryptomgr.notests",
    "random.trust_cpu=on",
  ].join(" ");
}

/** Time of every file that a build makes itself, in seconds since 1970: equal packages give equal images. */
export const sourceDateEpoch = 1_767_225_600;

/** Folder of what only some kinds of software put into an image: one folder a kind, with files and the units it needs. */
export const kindsDirectory = join(import.meta.dirname, "kinds");

/** Room for logs and measurements before the file system is grown to the machine's disk, in MiB. */
const usualDiskMib = 2048;

interface Software {
  packages: string[];
  /** Packages whose programs it brings itself: two containerds on one path start each other's shims. */
  insteadOf?: string[];
  containers: readonly string[];
  /** Version of Kubernetes whose programs and container images are in the image. */
  kubernetes?: string;
  diskMib?: number;
}

/** What a kind of software adds to the image. */
const software: Record<string, Software> = {
  mqtt: { packages: ["mosquitto", "mosquitto-clients"], containers: [] },
  workload: { packages: ["containerd", "runc"], containers: containerNames },
  // Other versions than the default come from the mirror when they are installed: a changed version leaves the image,
  // and so the machines, as they are.
  kubernetes: {
    packages: ["conntrack", "ebtables", "nftables", "runc", "socat"],
    insteadOf: ["containerd"],
    containers: [],
    kubernetes: defaultVersion,
    diskMib: 5120,
  },
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
  kubernetes: string | undefined;
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
  const containers = [...new Set(parts.flatMap((part) => part.containers))].sort();
  const kubernetes = parts.find((part) => part.kubernetes !== undefined)?.kubernetes;
  const diskMib = Math.max(usualDiskMib, ...parts.map((part) => part.diskMib ?? 0));
  const key = keyOf({
    formatVersion,
    rootfs: rootfsKey(distribution, packages, sourceDateEpoch),
    commandLine: commandLine(distribution.architecture),
    sourceDateEpoch,
    files: filesAsInputs(filesDirectory),
    kinds: filesAsInputs(kindsDirectory, (path) => wanted.includes(path.split("/")[0] ?? "")),
    diskMib,
    containers: containers.map(containerKey),
    ...(kubernetes === undefined ? {} : { kubernetes: kubernetesKey(kubernetes) }),
  });
  return { key, kinds: wanted, distribution, packages, containers, kubernetes, diskMib };
}
