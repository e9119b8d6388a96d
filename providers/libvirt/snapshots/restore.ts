import { basename } from "node:path";
import { ProviderError } from "../../kit/plain/errors.ts";
import { claimLog } from "../resources/consoleLog.ts";
import { removeMachine } from "../resources/domain.ts";
import { domainDefinition } from "../resources/domainDefinition.ts";
import { factsOf } from "../resources/domainFacts.ts";
import { powerOff } from "../resources/power.ts";
import { diskOf, startSaved, type OwnDisk } from "../resources/startCopy.ts";
import { createVolume, deleteVolume, volumeFacts } from "../resources/volumes.ts";
import type { Libvirt } from "../rpc/libvirt.ts";
import { domains, type DomainRef } from "../rpc/procedures.ts";
import { differences, fingerprintOf, hostOf } from "../saved/fingerprint.ts";
import { readSaved, type Saved } from "../saved/store.ts";
import { domainXml } from "../xml/domain.ts";
import { findOwn, operationOn, type OnMachine, type StateMachine } from "./target.ts";

/** What was kept of machines, and why of some of them it can't be used: a sentence each. */
export interface ReadMachines {
  kept: KeptMachine[];
  reasons: string[];
}

/** A machine, and what was kept of it. */
export interface KeptMachine {
  machine: StateMachine;
  saved: Saved;
}

/**
 * Reads what was kept of machines, and looks whether it can be brought back at this host. Nothing is changed.
 *
 * @param directory of this machine that a machine is kept in.
 */
export async function readMachines(
  context: Libvirt,
  machines: readonly StateMachine[],
  directory: (machine: string) => string,
): Promise<ReadMachines> {
  const found = await Promise.all(
    machines.map(async (machine): Promise<KeptMachine | string> => {
      const saved = await readSaved(directory(machine.name));
      if (saved === undefined) return `nothing was kept of machine ${machine.name}`;
      if (typeof saved === "string") return `machine ${machine.name}: ${saved}`;
      const different = differences(saved.fingerprint, await hostOf(context, machine.type));
      return different.length === 0 ? { machine, saved } : `machine ${machine.name}: ${different.join(", ")}`;
    }),
  );
  return {
    kept: found.filter((one) => typeof one !== "string"),
    reasons: found.filter((one) => typeof one === "string"),
  };
}

/**
 * Brings machines back as they were saved, under their old ids, all at once. What of them is there now is gone then; what they
 * need (pool, image, network, seeds) must be there.
 *
 * @throws ProviderError where one can't be brought back.
 */
export async function restoreMachines(on: OnMachine, kept: readonly KeptMachine[]): Promise<void> {
  const refs = await Promise.all(kept.map(({ machine }) => findOwn(on.context, machine)));
  // All of them first: one that was brought back must not speak to one that is still the other.
  await Promise.all(refs.flatMap((ref) => (ref ? [powerOff(on.context, ref)] : [])));
  const ends = await Promise.allSettled(kept.map((one, index) => restoreMachine(on, one, refs[index])));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}

async function restoreMachine(on: OnMachine, { machine, saved }: KeptMachine, left: DomainRef | undefined) {
  const { context } = on;
  const operation = operationOn(machine, on);
  const { given, urn, uuid } = machine;
  const disks = left && (await factsOf(context, left)).disks;
  const definition = await domainDefinition(context, urn, given, disks);
  const disk = await diskOf(context, definition);
  const { capacity, backingPath } = disk.facts;
  const now = await fingerprintOf(context, definition, { capacity, base: basename(backingPath) });
  const different = differences(saved.fingerprint, now);
  if (different.length > 0) {
    throw new ProviderError(`machine ${machine.name} is not as it was saved: ${different.join(", ")}`);
  }
  // Made again since, it is another one to libvirt and to the state.
  if (left && left.uuid !== uuid) await removeMachine(context, left);
  await claimLog(operation, given.consoleLog, true);
  const { domain } = await context.call(domains.define, { xml: domainXml({ ...definition, uuid }), flags: 0 });
  await context.call(domains.setAutostart, { domain, autostart: given.autostart ?? false });
  await startSaved(operation, domain, await emptied(context, disk), saved);
}

/** The machine's disk with nothing in it, in the place of the one that is there. */
async function emptied(context: Libvirt, { ref, pool, facts }: OwnDisk): Promise<OwnDisk> {
  await deleteVolume(context, ref);
  const fresh = await createVolume(context, pool, {
    ...{ name: ref.name, format: "qcow2", capacity: facts.capacity },
    backing: { path: facts.backingPath, format: "qcow2" },
  });
  return { ref: fresh, pool, facts: { ...(await volumeFacts(context, fresh)), backingPath: facts.backingPath } };
}
