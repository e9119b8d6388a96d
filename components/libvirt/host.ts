import * as libvirt from "@pulumi/libvirt";
import * as pulumi from "@pulumi/pulumi";
import { Embedded } from "@strata/resources";
import { embeddedHost } from "../../providers/kit/embeddedHost.ts";
import type { HostFacts } from "../plan/capacity.ts";
import { resourceNames } from "../plan/naming.ts";
import type { Plan } from "../plan/types.ts";
import type { ProviderSpec } from "../spec/provider.ts";
import { hostFacts, systemLibvirtAnswers, usableAccelerator } from "./probe.ts";

/** The libvirt daemon that a testbed's machines run on. */
export interface LibvirtHost {
  kind: HostKind;
  accelerator: "kvm" | "tcg";
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
}

export type HostKind = "system" | "embedded";

/** Which host `spec` asks for; "auto": the machine's own libvirtd where it answers, else an embedded one. */
export function hostKind(spec: ProviderSpec): HostKind {
  if (spec.host !== "auto") return spec.host;
  return systemLibvirtAnswers() ? "system" : "embedded";
}

/** What that host has for the testbed. */
export function factsOf(plan: Plan, kind: HostKind): HostFacts {
  return hostFacts(kind === "embedded" ? embeddedHost().namespace : undefined, plan.network.bridge);
}

/** Registers what a testbed needs to reach its host. */
export function openHost(plan: Plan, kind: HostKind, opts: { parent: pulumi.Resource }): LibvirtHost {
  const accelerator = usableAccelerator();
  if (accelerator === "tcg") {
    void pulumi.log.warn(
      "no usable hardware acceleration (KVM) on this host: machines are emulated, roughly ten times slower, and every report says so",
    );
  }
  const open = kind === "system" ? systemHost : embedded;
  return { ...open(plan, opts), accelerator };
}

function systemHost(plan: Plan, opts: { parent: pulumi.Resource }): Omit<LibvirtHost, "accelerator"> {
  return {
    kind: "system",
    provider: new libvirt.Provider("libvirt", { uri: "qemu:///system" }, opts),
    running: [],
    mayShareFiles: false,
    poolDirectory: `/var/lib/libvirt/images/${resourceNames(plan.name).pool}`,
    consoleDirectory: "/var/log/libvirt/qemu",
  };
}

function embedded(plan: Plan, opts: { parent: pulumi.Resource }): Omit<LibvirtHost, "accelerator"> {
  const { uri, namespace, runDirectory, dataDirectory } = embeddedHost();
  const host = new Embedded("host", { stack: plan.name }, opts);
  return {
    kind: "embedded",
    // It connects when it is first asked for something: so its plugin starts beside the host, not after it.
    provider: new libvirt.Provider("libvirt", { uri }, opts),
    running: [host],
    mayShareFiles: true,
    namespace,
    poolDirectory: `${dataDirectory}/${plan.name}`,
    consoleDirectory: `${runDirectory}/console`,
  };
}
