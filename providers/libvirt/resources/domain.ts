import { resource, type Operation } from "../../kit/crud.ts";
import { messageOf, ProviderError } from "../../kit/plain/errors.ts";
import type { Properties } from "../../kit/values.ts";
import { ownerOf, sameOwner, takenMessage } from "../xml/ownership.ts";
import { errorCodes, ifExists, isLibvirtError } from "../rpc/errors.ts";
import type { Libvirt } from "../rpc/libvirt.ts";
import { domains, type DomainRef } from "../rpc/procedures.ts";
import { domainXml, type DomainDefinition } from "../xml/domain.ts";
import type { DomainFacts } from "../xml/readDomain.ts";
import { startCopy, wakeLeft } from "./startCopy.ts";
import { claimLog, dropLog } from "./consoleLog.ts";
import { effectsOf, identity, restarts } from "./domainChange.ts";
import { domainDefinition } from "./domainDefinition.ts";
import { factsOf, isRunning, xmlOf } from "./domainFacts.ts";
import { domainInputs, type DomainInputs } from "./domainInputs.ts";
import { changeLive, NotLive } from "./domainLive.ts";
import { domainOutputs, type DomainOutputs } from "./domainOutputs.ts";
import { domainInputsOf } from "./domainRead.ts";
import { powerOff, shutDown } from "./power.ts";
import { domainRefusals } from "./refusals.ts";
import { settle } from "./settle.ts";
import { withoutUnset } from "./unset.ts";

/** virDomainUndefineFlagsValues: with its saved memory, snapshot and checkpoint metadata, NVRAM and TPM state. */
const undefineAll = 1 + 2 + 4 + 16;
/** What the test driver of libvirt 9 knows of them. */
const undefineTest = 1 + 2;

/** docs/libvirt.md has a table of what a change does; domainChange.ts decides. */
export const domain = resource<DomainInputs, DomainOutputs, Libvirt>({
  token: "libvirt:index/domain:Domain",
  description:
    "A virtual machine. Another name or other disks make a new one; the rest is changed while it runs " +
    "where libvirt can do that, else by restarting it with its disks kept.",
  inputs: domainInputs,
  outputs: domainOutputs,
  refused: domainRefusals,
  complete: (given, { name }, old) => {
    const set = withoutUnset(given, ["cmdlines", "targetPort", "volumeId"]);
    return { ...counted(set, old), name: set.name ?? name };
  },
  replaceOn: identity,
  inPlace: (key, olds, news) => effectsOf({ ...olds }, { ...news })[key] !== "replace",

  async create(operation, given) {
    const { context, urn } = operation;
    const existing = (await ifExists(context.call(domains.lookupByName, { name: given.name })))?.domain;
    const left = existing && (await factsOf(context, existing));
    if (left && !sameOwner(left.owner, ownerOf(urn))) {
      throw new ProviderError(takenMessage("machine", given.name, left.owner));
    }
    const definition = await domainDefinition(context, urn, given, left?.disks);
    const loggedTo = await claimLog(operation, given.consoleLog, left?.consoleLog === given.consoleLog);
    if (existing) {
      if (given.prepared !== undefined && isRunning(existing)) await wakeLeft(operation, existing);
      await adopt(operation, existing, definition, given);
      return { id: existing.uuid, outputs: { ...(await outputsOf(context, existing)), loggedTo } };
    }
    let ref: DomainRef | undefined;
    try {
      ({ domain: ref } = await context.call(domains.define, { xml: domainXml(definition), flags: 0 }));
      ref = await copied(operation, ref, definition, given);
      await settle(operation, ref, definition, given);
    } catch (error) {
      if (ref) await removeMachine(context, ref);
      await dropLog(operation, loggedTo);
      throw error;
    }
    return { id: ref.uuid, outputs: { ...(await outputsOf(context, ref)), loggedTo } };
  },

  async read({ context, urn }, id, state) {
    const ref = (await ifExists(context.call(domains.lookupByUuid, { uuid: id })))?.domain;
    if (!ref) return undefined;
    const inputs = await domainInputsOf(context, urn, state.inputs, ref);
    // The log of one that others have made is theirs, and so is another path that its XML says now.
    const loggedTo = state.inputs.name === undefined ? "" : state.outputs.loggedTo;
    return { inputs, outputs: { ...(await outputsOf(context, ref)), ...(loggedTo === undefined ? {} : { loggedTo }) } };
  },

  async update(operation, id, given, old) {
    const { context, urn } = operation;
    const { domain: ref } = await context.call(domains.lookupByUuid, { uuid: id });
    const present = await factsOf(context, ref);
    const definition = await domainDefinition(context, urn, given, present.disks);
    const sameLog = given.consoleLog === old.inputs.consoleLog;
    const claimed = sameLog ? old.outputs.loggedTo : await claimLog(operation, given.consoleLog, false);
    const effects = Object.values(effectsOf({ ...old.inputs }, { ...given }));
    if (effects.includes("restart")) {
      await redefine(operation, ref, definition, given, restarts({ ...old.inputs }, { ...given }));
    } else {
      await gently(operation, ref, definition, given);
    }
    if (!sameLog && old.outputs.loggedTo !== given.consoleLog) await dropLog(operation, old.outputs.loggedTo);
    const loggedTo = claimed === undefined ? {} : { loggedTo: claimed };
    return { outputs: { ...(await outputsOf(context, ref)), ...loggedTo } };
  },

  async delete(operation, id, state) {
    const { context } = operation;
    const ref = (await ifExists(context.call(domains.lookupByUuid, { uuid: id })))?.domain;
    if (ref) {
      const { graceful = 0 } = state.inputs;
      if (graceful > 0 && isRunning(ref)) await shutDown(operation, ref, graceful);
      await removeMachine(context, ref);
    }
    await dropLog(operation, state.outputs.loggedTo ?? state.inputs.consoleLog);
  },
});

/** Starts it as a copy of a prepared machine, where that is wanted and works. @returns what it is now. */
async function copied(
  operation: Operation<Libvirt>,
  ref: DomainRef,
  definition: DomainDefinition,
  { prepared, running }: DomainInputs,
): Promise<DomainRef> {
  const { context } = operation;
  if (prepared === undefined || running === false || context.isTest || context.isRemote) return ref;
  if (await startCopy(operation, ref, definition, prepared)) {
    return (await context.call(domains.lookupByUuid, { uuid: ref.uuid })).domain;
  }
  // Defined anew, to libvirt it is another machine: of one whose start has failed it may hear late that QEMU has ended, and end
  // what runs by then.
  await context.call(domains.undefine, { domain: ref, flags: undefineAll });
  return (await context.call(domains.define, { xml: domainXml({ ...definition, uuid: ref.uuid }), flags: 0 })).domain;
}

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
  await refuseLoss(context, ref);
  await context.call(domains.define, { xml: domainXml({ ...definition, uuid: ref.uuid }), flags: 0 });
  if (restart && isRunning(ref)) {
    await shutDown(operation, ref, given.graceful);
    await settle(operation, { ...ref, id: -1 }, definition, given);
  } else {
    await settle(operation, ref, definition, given);
  }
}

/** A machine that is defined anew has what this provider knows of; disks and interfaces are not to be lost by that. */
async function refuseLoss(context: Libvirt, ref: DomainRef): Promise<void> {
  const { name, unmanaged } = await factsOf(context, ref);
  if (unmanaged.length === 0) return;
  throw new ProviderError(
    `machine "${name}" has what this provider does not manage and would lose by this change: ${unmanaged.join(", ")}; ` +
      `make the change with \`virsh edit ${name}\` and refresh, or detach that first`,
  );
}

/** Takes up a machine that a killed run of this resource has made: redefined, and restarted only if it differs. */
async function adopt(
  operation: Operation<Libvirt>,
  ref: DomainRef,
  definition: DomainDefinition,
  given: DomainInputs,
): Promise<void> {
  const { context } = operation;
  await refuseLoss(context, ref);
  const before = await xmlOf(context, ref);
  await context.call(domains.define, { xml: domainXml({ ...definition, uuid: ref.uuid }), flags: 0 });
  const after = await xmlOf(context, ref);
  // One that has never run can still start as a copy.
  const now = isRunning(ref) ? ref : await copied(operation, ref, definition, given);
  await redefine(operation, now, definition, given, isRunning(ref) && asItRuns(before) !== asItRuns(after));
}

/** The XML without what makes no difference to a machine that runs. */
function asItRuns(xml: string): string {
  return xml.replace(/<description>[^]*?<\/description>/, "").replace(/<metadata>[^]*?<\/metadata>/, "");
}

/** Switches a machine off, hard, and removes it. */
export async function removeMachine(context: Libvirt, ref: DomainRef): Promise<void> {
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
