import { join } from "node:path";
import { embeddedHost, type EmbeddedHost } from "../../../local/embeddedHost.ts";
import { withLock } from "../../../local/lock.ts";
import { stateDirectory } from "../../../local/stateDirectory.ts";
import { endForwards } from "../access/forwardProcess.ts";
import { daemonAnswers, daemonProcess, removeHost, startDaemon } from "./daemon.ts";
import { addLease, leases, removeAllLeases, removeLease } from "./leases.ts";
import { foreignText, lastingForeignThings } from "./foreign.ts";
import { ownsNamespace } from "../process/namespace.ts";
import { requireForHost } from "./requirements.ts";

/** A start takes at most a minute, so whoever waits behind another one waits a little longer than that. */
const lock = { limitSeconds: 90, doing: "starts or stops the embedded host" };

const lockFile = () => join(stateDirectory(), "host", "lock");

export interface HostStatus extends EmbeddedHost {
  /** `dead`: stacks use it but its daemon does not run, as after a reboot; `pulumi up` or {@link ensureHost} starts it. */
  state: "running" | "dead" | "absent";
  /** Process id of libvirtd. */
  pid?: number;
  /** The stacks that use it. */
  leases: string[];
}

/** How this state directory's embedded host is. Changes nothing. */
export async function hostStatus(): Promise<HostStatus> {
  const host = embeddedHost();
  const users = await leases();
  const pid = daemonProcess(host);
  if (pid !== undefined && (await daemonAnswers(host))) return { ...host, state: "running", pid, leases: users };
  const traces = users.length > 0 || (await ownsNamespace(host));
  return { ...host, state: traces ? "dead" : "absent", leases: users };
}

/** Starts the embedded host if it does not run, and notes that a stack uses it. */
export async function openHost(stack: string): Promise<EmbeddedHost> {
  requireForHost();
  const host = embeddedHost();
  await withLock(lockFile(), lock, async () => {
    // First the lease: what a killed start leaves must be found by the delete.
    await addLease(stack);
    await startDaemon(host);
  });
  return host;
}

/** Starts the daemon again if stacks use the host but it does not run; what destroying a stack after a reboot needs. */
export async function ensureHost(): Promise<HostStatus> {
  const status = await hostStatus();
  if (status.state !== "dead" || status.leases.length === 0) return status;
  requireForHost();
  await withLock(lockFile(), lock, () => startDaemon(embeddedHost()));
  return hostStatus();
}

/** Starts the embedded host before any stack wants it, or again after a reboot. */
export async function startHost(): Promise<HostStatus> {
  requireForHost();
  await withLock(lockFile(), lock, () => startDaemon(embeddedHost()));
  return hostStatus();
}

/**
 * Notes that a stack no longer uses the host. The last one's end is the end of the host and of all that it had, unless
 * somebody else has something there.
 *
 * @returns a sentence of each thing that stays, with what to do.
 */
export async function closeHost(stack: string): Promise<string[]> {
  return withLock(lockFile(), lock, async () => {
    await removeLease(stack);
    if ((await leases()).length > 0) return [];
    const host = embeddedHost();
    const foreign = await lastingForeignThings(host, [stack]);
    if (foreign.length === 0) return removeHost(host);
    return [
      `the embedded host stays, for what no stack of this checkout has made: ${foreignText(foreign)}; ` +
        "take that away, or end the host with all of it: strata host down --force",
    ];
  });
}

/**
 * Ends the host whoever uses it: machines are killed, their disks deleted.
 *
 * @returns a sentence of each thing that stays, as it only has the name of one of the host's.
 */
export async function stopHost(): Promise<string[]> {
  return withLock(lockFile(), lock, async () => {
    const host = embeddedHost();
    // They listen outside of the namespace, for the stacks' clusters.
    await endForwards(host.namespace);
    const left = await removeHost(host);
    await removeAllLeases();
    return left;
  });
}
