import * as libvirt from "@pulumi/libvirt";
import * as pulumi from "@pulumi/pulumi";
import { Embedded } from "@strata/resources";
import { embeddedHost } from "../../local/embeddedHost.ts";
import type { HostFacts } from "./plan/capacity.ts";
import type { HostPlan } from "./plan/hosts.ts";
import type { LibvirtPlan } from "./plan/plan.ts";
import type { HostKind } from "./hostKind.ts";
import { hostFacts, usableAccelerator } from "./probe.ts";

/** The libvirt daemon that a testbed's machines run on, or one of several. */
export interface LibvirtHost {
  accelerator: "kvm" | "tcg";
  /** Its daemon's. */
  uri: string;
  provider: libvirt.Provider;
  /** What has to run before libvirt is asked for anything; nothing on a host that runs already. */
  running: pulumi.Resource[];
  /** Its machines run as the owner of Strata's cache, and it leaves the owners of files as they are. */
  mayShareFiles: boolean;
  /** Network namespace of an embedded host. */
  namespace?: string;
  /** Where the testbed's disks are, on the host. */
  poolDirectory: string;
  /** Where QEMU writes the machines' serial consoles, on the host. */
  consoleDirectory: string;
  /** The host's address on the bridge of its machines. */
  hostAddress: string;
  /** Of one of several hosts: what its resources are told apart by, and how its machines are reached. */
  remote?: HostPlan;
}

/** What that host has for the testbed. */
export function factsOf(plan: LibvirtPlan, kind: HostKind): HostFacts {
  return hostFacts(kind === "embedded" ? embeddedHost().namespace : undefined, plan.onHost.bridge);
}

/** Registers what a testbed needs to reach its host. */
export function openHost(plan: LibvirtPlan, kind: HostKind, opts: { parent: pulumi.Resource }): LibvirtHost {
  const accelerator = usableAccelerator(kind);
  if (accelerator === "tcg") warnOfEmulation("this host");
  const open = kind === "system" ? systemHost : embedded;
  return { ...open(plan, opts), accelerator, hostAddress: plan.network.hostAddress };
}

/** Registers what a testbed needs to reach one of several hosts. */
export function openRemoteHost(plan: LibvirtPlan, host: HostPlan, opts: { parent: pulumi.Resource }): LibvirtHost {
  if (host.accelerator === "tcg") warnOfEmulation(host.name);
  return {
    ...distributionsDirectories(plan),
    accelerator: host.accelerator,
    uri: host.uri,
    provider: new libvirt.Provider(`libvirt${suffix(host)}`, { uri: host.uri }, opts),
    running: [],
    mayShareFiles: false,
    hostAddress: host.hostAddress,
    remote: host,
  };
}

/** What the names of a host's own resources end with; nothing where there is one host only. */
export function suffix(host: HostPlan | undefined): string {
  return host === undefined ? "" : `-${host.name.replaceAll(":", "-")}`;
}

function warnOfEmulation(where: string): void {
  void pulumi.log.warn(
    `no usable hardware acceleration (KVM) on ${where}: machines are emulated, roughly ten times slower, and every report says so`,
  );
}

/** Where the distributions' libvirt packages, and their access rules, expect such files. */
function distributionsDirectories({ onHost }: LibvirtPlan): Pick<LibvirtHost, "poolDirectory" | "consoleDirectory"> {
  return {
    poolDirectory: `/var/lib/libvirt/images/${onHost.pool}`,
    consoleDirectory: "/var/log/libvirt/qemu",
  };
}

type Opened = Omit<LibvirtHost, "accelerator" | "hostAddress">;

function systemHost(plan: LibvirtPlan, opts: { parent: pulumi.Resource }): Opened {
  const uri = "qemu:///system";
  return {
    ...distributionsDirectories(plan),
    uri,
    provider: new libvirt.Provider("libvirt", { uri }, opts),
    running: [],
    mayShareFiles: false,
  };
}

function embedded(plan: LibvirtPlan, opts: { parent: pulumi.Resource }): Opened {
  const { uri, namespace, runDirectory, dataDirectory } = embeddedHost();
  const host = new Embedded("host", { stack: plan.name }, opts);
  return {
    uri,
    // It connects when it is first asked for something: so its plugin starts beside the host, not after it.
    provider: new libvirt.Provider("libvirt", { uri }, opts),
    running: [host],
    mayShareFiles: true,
    namespace,
    poolDirectory: `${dataDirectory}/${plan.onHost.directory}`,
    consoleDirectory: `${runDirectory}/console`,
  };
}
