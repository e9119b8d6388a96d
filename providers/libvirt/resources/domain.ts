import { rm } from "node:fs/promises";
import { resource, type Operation } from "../../kit/crud.ts";
import { messageOf, ProviderError } from "../../kit/errors.ts";
import type { Properties } from "../../kit/values.ts";
import { ownerOf, sameOwner, takenMessage } from "../ownership.ts";
import { errorCodes, ifExists, isLibvirtError } from "../rpc/errors.ts";
import type { Libvirt } from "../rpc/libvirt.ts";
import { domains, type DomainRef } from "../rpc/procedures.ts";
import { domainXml, type DomainDefinition } from "../xml/domain.ts";
import type { DomainFacts } from "../xml/readDomain.ts";
import { effectsOf, restarts } from "./domainChange.ts";
import { domainDefinition } from "./domainDefinition.ts";
import { factsOf, isRunning, xmlOf } from "./domainFacts.ts";
import { domainInputs, type DomainInputs } from "./domainInputs.ts";
import { changeLive, NotLive } from "./domainLive.ts";
import { domainInputsOf } from "./domainRead.ts";
import { powerOff, shutDown } from "./power.ts";
import { domainRefusals } from "./refusals.ts";
import { settle } from "./settle.ts";

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
 * A virtual machine. Another name or other disks make a new one; the rest is changed while it runs where libvirt can do
 * that, else by restarting it with its disks kept (docs/libvirt.md has the table, domainChange.ts decides).
 */
export const domain = resource<DomainInputs, DomainOutputs, Libvirt>({
  token: "libvirt:index/domain:Domain",
  inputs: domainInputs,
  refused: domainRefusals,
  complete: (given, { name }, old) => ({ ...counted(given, old), name: given.name ?? name }),
  replaceOn: (changed, olds, news) => {
    const effects = effectsOf({ ...olds }, { ...news });
    return changed.filter((key) => effects[key] === "replace");
  },

  async create(operation, given) {
    const { context, urn } = operation;
    const existing = (await ifExists(context.call(domains.lookupByName, { name: given.name })))?.domain;
    if (existing) {
      const { owner } = await factsOf(context, existing);
      if (!sameOwner(owner, ownerOf(urn))) throw new ProviderError(takenMessage("machine", given.name, owner));
    }
    const definition = await domainDefinition(context, urn, given);
    if (existing) {
      await adopt(operation, existing, definition, given);
      return { id: existing.uuid, outputs: await outputsOf(context, existing) };
    }
    const { domain: ref } = await context.call(domains.define, { xml: domainXml(definition), flags: 0 });
    try {
      await settle(operation, ref, definition, given);
    } catch (error) {
      await remove(context, ref);
      throw error;
    }
    return { id: ref.uuid, outputs: await outputsOf(context, ref) };
  },

  async read({ context, urn }, id, state) {
    const ref = (await ifExists(context.call(domains.lookupByUuid, { uuid: id })))?.domain;
    if (!ref) return undefined;
    const inputs = await domainInputsOf(context, urn, state.inputs, ref);
    return { inputs, outputs: await outputsOf(context, ref) };
  },

  async update(operation, id, given, old) {
    const { context, urn } = operation;
    const { domain: ref } = await context.call(domains.lookupByUuid, { uuid: id });
    const definition = await domainDefinition(context, urn, given);
    const effects = Object.values(effectsOf({ ...old.inputs }, { ...given }));
    if (effects.includes("restart")) {
      await redefine(operation, ref, definition, given, restarts({ ...old.inputs }, { ...given }));
    } else {
      await gently(operation, ref, definition, given);
    }
    return { outputs: await outputsOf(context, ref) };
  },

  async delete(operation, id, state) {
    const { context } = operation;
    const ref = (await ifExists(context.call(domains.lookupByUuid, { uuid: id })))?.domain;
    if (ref) {
      const { graceful = 0 } = state.inputs;
      if (graceful > 0 && isRunning(ref)) await shutDown(operation, ref, graceful);
      await remove(context, ref);
    }
    // Where the daemon runs on another machine, or as another user, its log is not ours to remove.
    if (state.inputs.consoleLog) await rm(state.inputs.consoleLog, { force: true }).catch(() => undefined);
  },
});

/** With the number of restarts that changes have made so far, this one included: so a preview names a restart. */
function counted(given: Properties, old: Properties | undefined): Properties {
  if (given.restarts !== undefined || old?.name === undefined) return given;
  const before = typeof old.restarts === "number" ? old.restarts : 0;
  const news = { ...given, name: given.name ?? old.name, restarts: old.restarts };
  const now = before + (restarts(old, news) ? 1 : 0);
  return now === 0 ? given : { ...given, restarts: now };
}

/** Changes a machine that may run on; where its own system does not play along, it is restarted after all. */
async function gently(
  operation: Operation<Libvirt>,
  ref: DomainRef,
  definition: DomainDefinition,
  given: DomainInputs,
): Promise<void> {
  const { noSupport, operationFailed, operationTimeout, operationUnsupported } = errorCodes;
  try {
    await changeLive(operation, ref, definition);
  } catch (error) {
    const refused =
      error instanceof NotLive ||
      isLibvirtError(error, noSupport, operationFailed, operationTimeout, operationUnsupported);
    if (!refused) throw error;
    operation.log("warning", `${given.name} can't be changed while it runs, and is restarted: ${messageOf(error)}`);
    await redefine(operation, ref, definition, given, true);
    return;
  }
  await settle(operation, ref, definition, given);
}

/** Redefines a machine that exists, and restarts it if it runs and that is what the change takes. */
async function redefine(
  operation: Operation<Libvirt>,
  ref: DomainRef,
  definition: DomainDefinition,
  given: DomainInputs,
  restart: boolean,
): Promise<void> {
  const { context } = operation;
  await context.call(domains.define, { xml: domainXml({ ...definition, uuid: ref.uuid }), flags: 0 });
  if (restart && isRunning(ref)) {
    await shutDown(operation, ref, given.graceful);
    await settle(operation, { ...ref, id: -1 }, definition, given);
  } else {
    await settle(operation, ref, definition, given);
  }
}

/** Takes up a machine that a killed run of this resource has made: redefined, and restarted only if it differs. */
async function adopt(
  operation: Operation<Libvirt>,
  ref: DomainRef,
  definition: DomainDefinition,
  given: DomainInputs,
): Promise<void> {
  const { context } = operation;
  const before = await xmlOf(context, ref);
  await context.call(domains.define, { xml: domainXml({ ...definition, uuid: ref.uuid }), flags: 0 });
  const after = await xmlOf(context, ref);
  await redefine(operation, ref, definition, given, asItRuns(before) !== asItRuns(after));
}

/** The XML without what makes no difference to a machine that runs. */
function asItRuns(xml: string): string {
  return xml.replace(/<description>[^]*?<\/description>/, "").replace(/<metadata>[^]*?<\/metadata>/, "");
}

async function remove(context: Libvirt, ref: DomainRef): Promise<void> {
  await powerOff(context, ref);
  const flags = context.isTest ? undefineTest : undefineAll;
  await ifExists(context.call(domains.undefine, { domain: ref, flags }));
}

async function outputsOf(context: Libvirt, ref: DomainRef): Promise<DomainOutputs> {
  const [facts, { autostart }]: [DomainFacts, { autostart: boolean }] = await Promise.all([
    factsOf(context, ref),
    context.call(domains.autostart, { domain: ref }),
  ]);
  const { memoryMiB, vcpus, arch, machine, emulator, type } = facts;
  return { memory: memoryMiB, vcpu: vcpus, arch, machine, emulator, type, autostart };
}
