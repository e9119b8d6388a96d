import * as pulumi from "@pulumi/pulumi";

export interface GetDomainArgs {
  /** Name in libvirt. */
  name: string;
}

export interface GetDomainResult {
  /** UUID: what `pulumi import` takes. */
  id: string;
  name: string;
  description?: string;
  /** MiB. */
  memory: number;
  vcpu: number;
  /** "kvm", "qemu" (emulation) or "test" (libvirt's test driver). */
  type: string;
  arch: string;
  machine: string;
  running: boolean;
  autostart: boolean;
  /** Paths on the host. */
  disks: string[];
  networkInterfaces: { mac: string; networkName?: string; bridge?: string }[];
}

/** A machine as it is, whoever made it. It must exist. */
export function getDomain(args: GetDomainArgs, opts?: pulumi.InvokeOptions): Promise<GetDomainResult> {
  return pulumi.runtime.invoke("libvirt:index/getDomain:getDomain", { ...args }, opts) as Promise<GetDomainResult>;
}

export interface GetHostResult {
  /** Host name. */
  name: string;
  /** Processors that the kernel schedules on. */
  cores: number;
  /** MiB. */
  memory: number;
  /** MiB that nothing uses. */
  freeMemory: number;
  /** What domainType "auto" comes to: "kvm" or "qemu" (emulation); "test" on libvirt's test driver. */
  acceleration: string;
  /** Of libvirt. */
  version: string;
}

/** What the host that libvirt runs on has for machines. */
export function getHost(opts?: pulumi.InvokeOptions): Promise<GetHostResult> {
  return pulumi.runtime.invoke("libvirt:index/getHost:getHost", {}, opts) as Promise<GetHostResult>;
}
