import type { Problem } from "../../experiment/problem.ts";
import type { MachinePlan } from "../../plan/types.ts";

/** What a host's kernel lets there be, of all that runs there; absent: it sets none. */
export interface HostLimits {
  /** Threads, of all processes. */
  threads?: number;
  /** Files that one process may have open, for the daemon of an embedded host. */
  openFiles?: number;
  /** Neighbours whose hardware addresses it keeps (ARP), in all network namespaces together. */
  neighbours?: number;
}

type Machines = readonly Pick<MachinePlan, "cpus">[];

/** QEMU has one a core and five more (a machine of one core: 6), libvirt's daemon one a machine, and there is its ssh. */
const threadsBesideCores = 7;

/** Of libvirt's daemon: QEMU's monitor and what its control group is watched with (24 for six machines). */
const filesAMachine = 4;

/** What else runs on a host, and the daemon's own files. */
const reserved = { threads: 1000, openFiles: 200, neighbours: 64 };

/** A bridge of Linux has 1024 ports, of which it uses none as number 0; between hosts the overlay takes one. */
export const bridgePorts = 1023;

/** Limits of a host that so many machines would run into half way. */
export function limitProblems(machines: Machines, limits: HostLimits): Problem[] {
  const cores = machines.reduce((sum, { cpus }) => sum + cpus, 0);
  const wanted: readonly [keyof HostLimits, number, string, (need: number) => string][] = [
    [
      "threads",
      cores + threadsBesideCores * machines.length,
      "threads (one a core and 7 more each)",
      (need) =>
        `raise the limit that is least: sysctl kernel.threads-max, kernel.pid_max (${need}), or pids.max of the control group (systemd: TasksMax)`,
    ],
    [
      "openFiles",
      filesAMachine * machines.length,
      "open files in libvirt's daemon (4 each)",
      (need) => `raise the limit for whoever starts it: ulimit -Hn ${need}`,
    ],
    [
      "neighbours",
      machines.length,
      "entries in the kernel's table of neighbours",
      (need) => `make it larger: sudo sysctl net.ipv4.neigh.default.gc_thresh3=${need}`,
    ],
  ];
  return wanted.flatMap(([name, count, what, fix]): Problem[] => {
    const limit = limits[name];
    const need = count + reserved[name];
    if (limit === undefined || need <= limit) return [];
    const reason = `${machines.length} machines need ${count} ${what}, with ${reserved[name]} for all else, the host allows ${limit}`;
    return [{ severity: "error", path: "tiers", reason, fix: `${fix(need)}, or use fewer machines (count)` }];
  });
}

/** No setting helps where more machines are on one host than its bridge has ports for. */
export function bridgeProblems(count: number, host: string, path: string, ports = bridgePorts): Problem[] {
  if (count <= ports) return [];
  const reason = `${count} machines on ${host}, whose bridge has ports for ${ports}`;
  return [{ severity: "error", path, reason, fix: "use fewer machines (count), or more hosts (provider.hosts)" }];
}
