import type { Operation } from "../../kit/crud.ts";
import { ProviderError } from "../../kit/plain/errors.ts";
import { errorCodes, isLibvirtError } from "../rpc/errors.ts";
import type { Libvirt } from "../rpc/libvirt.ts";
import { domains, networks, type DomainRef, type NetworkRef } from "../rpc/procedures.ts";

/** How long a machine may take to shut down after it has been asked to, where nobody says; then it is switched off. */
const gracefulSeconds = 30;
const pressSeconds = 3;
/** How long the DHCP server may take to hear from a machine that boots. */
const leaseSeconds = 300;

export async function start(context: Libvirt, domain: DomainRef): Promise<void> {
  try {
    await context.call(domains.create, { domain, flags: 0 });
  } catch (error) {
    if (!isLibvirtError(error) || !/CPU tuning|cgroup/.test(error.message)) throw error;
    // The group is there, and another machine's: of a second libvirtd on this kernel, by the same name and number.
    if (error.message.includes("No space left on device")) throw error;
    throw new ProviderError(quotaMessage(error.message));
  }
}

/** What to say where the host can't hold a machine to its share of a core. */
export function quotaMessage(reason: string): string {
  return (
    `cpuQuota: the host's libvirtd has no control group for processors to limit it with (${reason}); ` +
    `mount the cgroup controller cpu and name it in cgroup_controllers of qemu.conf, or leave cpuQuota out`
  );
}

/** Switches a machine off, hard. It may be off already. */
export async function powerOff(context: Libvirt, domain: DomainRef): Promise<void> {
  await context.call(domains.destroy, { domain }).catch((error: unknown) => {
    if (!isLibvirtError(error, errorCodes.operationInvalid, errorCodes.noDomain)) throw error;
  });
}

/** Asks a machine to shut down, as its power button does, so that its file systems end clean; else switches it off. */
export async function shutDown(
  { context, log, urn }: Operation<Libvirt>,
  domain: DomainRef,
  seconds = gracefulSeconds,
): Promise<void> {
  if (seconds === 0) return powerOff(context, domain);
  const deadline = Date.now() + seconds * 1000;
  const watch = context.watch(domain);
  try {
    // Pressed again and again: a system that is still booting takes no notice of it.
    for (let left = seconds; left > 0; left = (deadline - Date.now()) / 1000) {
      await context.call(domains.shutdown, { domain });
      if (await watch.stopped(Math.min(left, pressSeconds))) return;
    }
    log("warning", `${urn.split("::").at(-1) ?? ""} did not shut down within ${seconds} s and is switched off`);
    await powerOff(context, domain);
  } catch (error) {
    if (!isLibvirtError(error, errorCodes.operationInvalid)) throw error;
    await powerOff(context, domain);
  } finally {
    watch.end();
  }
}

/** Waits until the network's DHCP server has given an address to this interface. */
export async function waitForLease(operation: Operation<Libvirt>, network: NetworkRef, mac: string): Promise<void> {
  const { context, signal, log } = operation;
  const deadline = Date.now() + leaseSeconds * 1000;
  log("info", `waiting for a DHCP lease of ${mac} in network "${network.name}"`, true);
  for (;;) {
    signal.throwIfAborted();
    const { leases } = await context.call(networks.leases, { network, mac, needResults: 1, flags: 0 });
    if (leases.length > 0) return;
    if (Date.now() > deadline) {
      throw new ProviderError(
        `the machine got no DHCP lease for ${mac} in network "${network.name}" within ${leaseSeconds} s; ` +
          `look at its console, or leave waitForLease out`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}
