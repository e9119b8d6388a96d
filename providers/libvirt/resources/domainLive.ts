import { ownerOf, sameOwner } from "../xml/ownership.ts";
import type { Operation } from "../../kit/crud.ts";
import { ProviderError } from "../../kit/plain/errors.ts";
import { isLibvirtError } from "../rpc/errors.ts";
import type { Libvirt } from "../rpc/libvirt.ts";
import { domains, node, type DomainRef } from "../rpc/procedures.ts";
import { asKept } from "../xml/document.ts";
import { interfaceXml, quotaPeriod, type DomainDefinition } from "../xml/domain.ts";
import type { DomainFacts } from "../xml/readDomain.ts";
import { cpuMap, formatCpuSet, parseCpuSet } from "./cpuSet.ts";
import { quotaMessage } from "./power.ts";
import { factsOf, isRunning } from "./domainFacts.ts";
import { affected, setDescription, setLease, setOwner } from "./domainMetadata.ts";

/** How long a machine's system may take to give memory back, or to take what it is given. */
const balloonSeconds = 20;

/**
 * Makes a machine what it should be by calls that a running machine takes, each only where something differs: what
 * others have put into the machine besides is left alone.
 *
 * @throws LibvirtError where libvirt or the machine's own system refuses.
 */
export async function changeLive(
  { context, urn }: Operation<Libvirt>,
  domain: DomainRef,
  wanted: DomainDefinition,
): Promise<void> {
  const running = isRunning(domain);
  const config = await factsOf(context, domain);
  const states = running ? [config, await factsOf(context, domain, "live")] : [config];
  const flags = affected(domain);
  const differs = (same: (facts: DomainFacts) => boolean): boolean => !states.every(same);

  if (!sameOwner(config.owner, ownerOf(urn))) await setOwner(context, domain, urn);
  // Whatever is changed, the change renews it.
  if (wanted.lease ?? config.lease) await setLease(context, domain, wanted.lease);
  if (differs(({ description }) => description === asKept(wanted.description))) {
    await setDescription(context, domain, wanted.description);
  }
  if (differs(({ cpuQuota }) => quotaOf(cpuQuota) === quotaOf(wanted.cpuQuota))) {
    const parameters = [
      { name: "vcpu_period", type: "unsigned" as const, value: quotaPeriod },
      { name: "vcpu_quota", type: "signed" as const, value: quotaOf(wanted.cpuQuota) },
    ];
    await context.call(domains.setScheduler, { domain, parameters, flags }).catch((error: unknown) => {
      if (isLibvirtError(error) && error.message.includes("cgroup"))
        throw new ProviderError(quotaMessage(error.message));
      throw error;
    });
  }
  if (differs(({ vcpus }) => vcpus === wanted.vcpus)) {
    await context.call(domains.setVcpus, { domain, count: wanted.vcpus, flags });
  }
  if (wanted.cpuPinning !== undefined || states.some(({ cpuPinning }) => cpuPinning.length > 0)) {
    const { cpus } = await context.call(node.info, undefined);
    await pin(context, domain, wanted, { states, cpus, flags });
  }
  for (const [index, disk] of wanted.disks.entries()) {
    const same = ({ disks }: DomainFacts): boolean =>
      disks[index]?.readBytesPerSecond === disk.readBytesPerSecond &&
      disks[index]?.writeBytesPerSecond === disk.writeBytesPerSecond;
    if (!differs(same)) continue;
    const parameters = [
      { name: "read_bytes_sec", type: "unsigned" as const, value: disk.readBytesPerSecond ?? 0 },
      { name: "write_bytes_sec", type: "unsigned" as const, value: disk.writeBytesPerSecond ?? 0 },
    ];
    await context.call(domains.setBlockTuning, { domain, disk: config.diskTargets[index] ?? "", parameters, flags });
  }
  for (const [index, entry] of wanted.interfaces.entries()) {
    if (!differs(({ interfaces }) => interfaces[index]?.linkUp === entry.linkUp)) continue;
    await context.call(domains.updateDevice, { domain, xml: interfaceXml(entry), flags });
  }
  if (differs(({ memoryMiB }) => memoryMiB === wanted.memoryMiB)) {
    await context.call(domains.setMemory, { domain, memoryKiB: wanted.memoryMiB * 1024, flags });
    if (running) await balloon(context, domain, wanted.memoryMiB);
  }
}

/** Microseconds of a period; -1 is no limit. */
function quotaOf(share: number | undefined): number {
  return share === undefined ? -1 : Math.round(share * quotaPeriod);
}

/** Pins each virtual processor that the machine has; one that is not to be pinned may run on all of the host's. */
async function pin(
  context: Libvirt,
  domain: DomainRef,
  wanted: DomainDefinition,
  { states, cpus, flags }: { states: DomainFacts[]; cpus: number; flags: number },
): Promise<void> {
  const all = formatCpuSet(Array.from({ length: cpus }, (_, index) => index));
  for (let vcpu = 0; vcpu < wanted.vcpus; vcpu += 1) {
    const set = wanted.cpuPinning?.[vcpu] ?? all;
    if (states.every(({ cpuPinning }) => formatCpuSet(parseCpuSet(cpuPinning[vcpu] ?? all)) === set)) continue;
    await context.call(domains.pinVcpu, { domain, vcpu, map: cpuMap(parseCpuSet(set)), flags });
  }
}

/** Waits until the machine's system has given memory back, or taken it. */
async function balloon(context: Libvirt, domain: DomainRef, memoryMiB: number): Promise<void> {
  const deadline = Date.now() + balloonSeconds * 1000;
  for (;;) {
    const { memoryKiB } = await context.call(domains.info, { domain });
    if (Math.round(memoryKiB / 1024) === memoryMiB) return;
    if (Date.now() > deadline) {
      throw new NotLive(
        `its system has ${Math.round(memoryKiB / 1024)} MiB and did not come to ${memoryMiB} MiB within ${balloonSeconds} s ` +
          `(does it have the driver virtio_balloon?)`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** What should have been changed while the machine runs, and its system did not do. */
export class NotLive extends Error {
  override name = "NotLive";
}
