import { rm } from "node:fs/promises";
import { resource, type Operation } from "../../kit/crud.ts";
import { ProviderError } from "../../kit/errors.ts";
import { containsUnknown } from "../../kit/values.ts";
import { ownerOf, sameOwner, takenMessage } from "../ownership.ts";
import { ifExists } from "../rpc/errors.ts";
import type { Libvirt } from "../rpc/libvirt.ts";
import { domains, networks, type DomainRef } from "../rpc/procedures.ts";
import { domainXml, type DomainDefinition } from "../xml/domain.ts";
import { readDomain, type DomainFacts } from "../xml/readDomain.ts";
import { domainDefinition } from "./domainDefinition.ts";
import { domainInputs, type DomainInputs } from "./domainInputs.ts";
import { domainInputsOf } from "./domainRead.ts";
import { powerOff, shutDown, start, waitForLease } from "./power.ts";

/** VIR_DOMAIN_XML_INACTIVE: the machine as it will start next time. */
const inactive = 2;
/** virDomainUndefineFlagsValues: with its saved memory, snapshot and checkpoint metadata, NVRAM and TPM state. */
const undefineAll = 1 + 2 + 4 + 16;
/** What the test driver of libvirt 9 knows of them. */
const undefineTest = 1 + 2;

interface DomainOutputs {
  memory: number;
  vcpu: number;
  arch: string;
  machine: string;
  emulator: string;
  /** What `auto` came to: kvm or qemu. */
  type: string;
  autostart: boolean;
}

/**
 * A virtual machine. Another name or other disks make a new one; anything else is changed by restarting it with its
 * disks kept, and autostart, running and description without that.
 */
export const domain = resource<DomainInputs, DomainOutputs, Libvirt>({
  token: "libvirt:index/domain:Domain",
  inputs: domainInputs,
  complete: (given, { name }) => ({ name, ...given }),
  replaceOn: (changed, olds, news) =>
    changed.filter((key) => key === "name" || key === "arch" || (key === "disks" && !sameVolumes(olds, news))),

  async create(operation, given) {
    const { context, urn } = operation;
    const existing = (await ifExists(context.call(domains.lookupByName, { name: given.name })))?.domain;
    if (existing) {
      const { owner } = await factsOf(context, existing);
      if (!sameOwner(owner, ownerOf(urn))) throw new ProviderError(takenMessage("machine", given.name, owner));
    }
    const definition = await domainDefinition(context, urn, given);
    if (existing) {
      const facts = await change(operation, existing, definition, given);
      return { id: existing.uuid, outputs: await outputsOf(context, existing, facts) };
    }
    const { domain: ref } = await context.call(domains.define, { xml: domainXml(definition), flags: 0 });
    try {
      await settle(operation, ref, definition, given);
    } catch (error) {
      await remove(context, ref);
      throw error;
    }
    return { id: ref.uuid, outputs: await outputsOf(context, ref, await factsOf(context, ref)) };
  },

  async read({ context, urn }, id, state) {
    const ref = (await ifExists(context.call(domains.lookupByUuid, { uuid: id })))?.domain;
    if (!ref) return undefined;
    const facts = await factsOf(context, ref);
    const { autostart } = await context.call(domains.autostart, { domain: ref });
    const inputs = await domainInputsOf(context, urn, state.inputs, { facts, running: isRunning(ref), autostart });
    return { inputs, outputs: await outputsOf(context, ref, facts) };
  },

  async update(operation, id, given) {
    const { context, urn } = operation;
    const { domain: ref } = await context.call(domains.lookupByUuid, { uuid: id });
    const facts = await change(operation, ref, await domainDefinition(context, urn, given), given);
    return { outputs: await outputsOf(context, ref, facts) };
  },

  async delete({ context }, id, state) {
    const ref = (await ifExists(context.call(domains.lookupByUuid, { uuid: id })))?.domain;
    if (ref) await remove(context, ref);
    // Where the daemon runs on another machine, or as another user, its log is not ours to remove.
    if (state.inputs.consoleLog) await rm(state.inputs.consoleLog, { force: true }).catch(() => undefined);
  },
});

function sameVolumes(olds: DomainInputs, news: DomainInputs): boolean {
  const ids = ({ disks }: DomainInputs): unknown[] | undefined =>
    Array.isArray(disks) ? disks.map(({ volumeId }) => volumeId) : undefined;
  return !containsUnknown(ids(news) ?? news.disks) && JSON.stringify(ids(olds)) === JSON.stringify(ids(news));
}

/** Redefines a machine that exists, and restarts it if that makes a difference to how it runs. */
async function change(
  operation: Operation<Libvirt>,
  ref: DomainRef,
  definition: DomainDefinition,
  given: DomainInputs,
): Promise<DomainFacts> {
  const { context } = operation;
  const before = await inactiveXml(context, ref);
  await context.call(domains.define, { xml: domainXml({ ...definition, uuid: ref.uuid }), flags: 0 });
  const after = await inactiveXml(context, ref);
  if (isRunning(ref) && asItRuns(before) !== asItRuns(after)) {
    await shutDown(operation, ref);
    await settle(operation, { ...ref, id: -1 }, definition, given);
  } else {
    await settle(operation, ref, definition, given);
  }
  return readDomain(after);
}

/** The XML without what makes no difference to a machine that runs. */
function asItRuns(xml: string): string {
  return xml.replace(/<description>[^]*?<\/description>/, "").replace(/<metadata>[^]*?<\/metadata>/, "");
}

/** Brings a defined machine into the wanted state: autostart, running or not, and with the leases that are waited for. */
async function settle(
  operation: Operation<Libvirt>,
  ref: DomainRef,
  definition: DomainDefinition,
  given: DomainInputs,
): Promise<void> {
  const { context } = operation;
  await context.call(domains.setAutostart, { domain: ref, autostart: given.autostart ?? false });
  const running = given.running ?? true;
  if (!running && isRunning(ref)) await shutDown(operation, ref);
  if (running && !isRunning(ref)) {
    await start(context, ref);
    await Promise.all(
      (given.networkInterfaces ?? []).map(async ({ waitForLease: wanted }, index) => {
        const target = definition.interfaces[index];
        if (wanted !== true || target === undefined || "bridge" in target.source) return;
        const { network } = await context.call(networks.lookupByName, { name: target.source.network });
        await waitForLease(operation, network, target.mac);
      }),
    );
  }
}

async function remove(context: Libvirt, ref: DomainRef): Promise<void> {
  await powerOff(context, ref);
  const flags = context.isTest ? undefineTest : undefineAll;
  await ifExists(context.call(domains.undefine, { domain: ref, flags }));
}

function isRunning(ref: DomainRef): boolean {
  return ref.id !== -1;
}

async function inactiveXml(context: Libvirt, ref: DomainRef): Promise<string> {
  return (await context.call(domains.xml, { domain: ref, flags: inactive })).xml;
}

async function factsOf(context: Libvirt, ref: DomainRef): Promise<DomainFacts> {
  return readDomain(await inactiveXml(context, ref));
}

async function outputsOf(context: Libvirt, ref: DomainRef, facts: DomainFacts): Promise<DomainOutputs> {
  const { autostart } = await context.call(domains.autostart, { domain: ref });
  const { memoryMiB, vcpus, arch, machine, emulator, type } = facts;
  return { memory: memoryMiB, vcpu: vcpus, arch, machine, emulator, type, autostart };
}
