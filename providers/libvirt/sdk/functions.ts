// Generated from the plugin's own definitions (npm run schema).

import * as pulumi from "@pulumi/pulumi";
import type { GetDomainInterface } from "./types.ts";

export interface GetDomainArgs {
  /** Name in libvirt. */
  name: string;
}

export interface GetDomainResult {
  /** UUID: what `pulumi import` takes. */
  id: string;
  /** Name in libvirt. */
  name: string;
  /** The description that libvirt keeps. */
  description?: string;
  /** MiB. */
  memory: number;
  /** Number of virtual processors. */
  vcpu: number;
  /** "kvm", "qemu" (emulation) or "test" (libvirt's test driver). */
  type: string;
  /** Architecture of its processors. */
  arch: string;
  /** Machine type of QEMU. */
  machine: string;
  /** Whether it is switched on. */
  running: boolean;
  /** Whether it is started together with libvirt. */
  autostart: boolean;
  /** Paths of its disks on the host. */
  disks: string[];
  /** Its network interfaces. */
  networkInterfaces: GetDomainInterface[];
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
  /** MiB that nothing uses, the kernel's caches not counted as used by libvirt itself. */
  freeMemory: number;
  /** What domainType "auto" comes to: "kvm" or "qemu" (emulation); "test" on libvirt's test driver. */
  acceleration: string;
  /** Version of libvirt, "9.0.0". */
  version: string;
}

/** What the host that libvirt runs on has for machines. */
export function getHost(opts?: pulumi.InvokeOptions): Promise<GetHostResult> {
  return pulumi.runtime.invoke("libvirt:index/getHost:getHost", {}, opts) as Promise<GetHostResult>;
}
