import { placedName, stackHash } from "../../plan/naming.ts";

/**
 * Names on a host, where testbeds of several people live side by side: they carry the stack's name and, after an @, which no
 * stack's name has in it, its place. What a kernel's 15 characters have no room for carries a hash of both.
 */
export interface HostNames {
  pool: string;
  network: string;
  /** Folder of its disks, among those of other stacks. */
  directory: string;
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

/** @param place empty: of a stack that was made before names had places. */
export function resourceNames(stack: string, place = ""): HostNames {
  const own = placedName(stack, place);
  const digits = stackHash(own).toString(16).padStart(8, "0");
  return {
    pool: `strata-${own}`,
    network: `strata-${own}`,
    directory: own,
    bridge: `strata${digits}`,
    overlay: { device: `vx${digits}`, vni: 1 + (stackHash(own) % (2 ** 24 - 2)) },
    machine: (name) => {
      const domain = placedName(`${stack}-${name}`, place);
      return { domain, disk: `${domain}.qcow2`, seed: `${domain}-seed.iso` };
    },
  };
}
