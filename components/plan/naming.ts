import { createHash } from "node:crypto";
import type { TierName } from "../spec/tier.ts";

/** What a machine is called everywhere: tier and index, so that its name never depends on the other machines. */
export function machineName(tier: TierName, index: number): string {
  return `${tier}-${index}`;
}

/** Names on the host, where several testbeds live side by side: all but the bridge's carry the stack's name. */
export interface HostNames {
  pool: string;
  network: string;
  bridge: string;
  /** The device that joins the bridges of several hosts, and the number of their common network (VNI, 24 bits). */
  overlay: { device: string; vni: number };
  machine: (name: string) => MachineNames;
}

export interface MachineNames {
  domain: string;
  disk: string;
  seed: string;
}

export function resourceNames(stack: string): HostNames {
  return {
    pool: `strata-${stack}`,
    network: `strata-${stack}`,
    bridge: bridgeName(stack),
    overlay: {
      device: `vx${stackHash(stack).toString(16).padStart(8, "0")}`,
      vni: 1 + (stackHash(stack) % (2 ** 24 - 2)),
    },
    machine: (name) => ({
      domain: `${stack}-${name}`,
      disk: `${stack}-${name}.qcow2`,
      seed: `${stack}-${name}-seed.iso`,
    }),
  };
}

/** A Linux interface name has at most 15 characters, a stack's name up to 100: so a hash of it stands for it. */
function bridgeName(stack: string): string {
  return `strata${stackHash(stack).toString(16).padStart(8, "0")}`;
}

/** 32 bits of a stack's name, evenly spread. */
export function stackHash(stack: string): number {
  return createHash("sha256").update(stack).digest().readUInt32BE(0);
}
