import { createHash } from "node:crypto";
import { join } from "node:path";
import { stackFileName, stateDirectory } from "./stateDirectory.ts";

/** Names of the libvirt daemon that Strata runs in a network namespace of its own; one a state directory. */
export interface EmbeddedHost {
  /** Six hexadecimal digits. */
  id: string;
  /** Network namespace, under /run/netns. */
  namespace: string;
  /** libvirt connection URI; works from outside the namespace. */
  uri: string;
  /** The daemon's Unix socket. */
  socket: string;
  /** What lives as long as the daemon: sockets, process id, logs, and the machines' consoles in `console/`. */
  runDirectory: string;
  /** What survives a reboot: definitions of machines, and one folder of disks a stack. */
  dataDirectory: string;
}

/**
 * One empty file a stack that uses the embedded host. They are kept beside the engine's state, not under /run: after a
 * reboot the first stack to be destroyed must not take the disks of the others with it.
 */
export const leaseDirectory = (): string => join(stateDirectory(), "host", "leases");

export const leaseFile = (stack: string): string => join(leaseDirectory(), stackFileName(stack));

/** The embedded host that belongs to this state directory, whether it runs or not. */
export function embeddedHost(): EmbeddedHost {
  const id = createHash("sha256").update(stateDirectory()).digest("hex").slice(0, 6);
  const runDirectory = `/run/strata/${id}`;
  const socket = `${runDirectory}/libvirt-sock`;
  return {
    id,
    namespace: `strata-${id}`,
    uri: `qemu+unix:///system?socket=${socket}`,
    socket,
    runDirectory,
    dataDirectory: `/var/lib/strata/${id}`,
  };
}
