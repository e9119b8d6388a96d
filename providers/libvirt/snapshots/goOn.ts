import { setTimeout as sleep } from "node:timers/promises";
import { ProviderError } from "../../kit/plain/errors.ts";
import { isRunning } from "../resources/domainFacts.ts";
import { wakeLeft, wakeUp } from "../resources/startCopy.ts";
import { deleteVolume, findVolume, findVolumeById, volumeFacts } from "../resources/volumes.ts";
import type { Libvirt } from "../rpc/libvirt.ts";
import { errorCodes, isLibvirtError } from "../rpc/errors.ts";
import { memory } from "../rpc/memoryProcedures.ts";
import { domains, pools, type DomainRef, type VolumeRef } from "../rpc/procedures.ts";
import { findOwn, memoryName, operationOn, type OnMachine, type StateMachine } from "./target.ts";

/** Longest wait for libvirt to have written a machine's memory: gigabytes, on a disk that others use too. */
const saveLimitMs = 30 * 60_000;
const lookIntervalMs = 200;

/**
 * Lets machines go on that a killed save has left: off, with their memory in a file, or held still.
 *
 * @returns the names of those that were off.
 */
export async function goOnAfterSave(on: OnMachine, machines: readonly StateMachine[]): Promise<string[]> {
  return (await Promise.all(machines.map((machine) => goOn(on, machine)))).flat();
}

async function goOn(on: OnMachine, machine: StateMachine): Promise<string[]> {
  const { context, signal } = on;
  const found = await findOwn(context, machine);
  const volume = found && (await findMemory(context, machine));
  if (!found || !volume) return [];
  // libvirt goes on without who asked for it.
  const ref = await afterJob(context, found);
  if (isRunning(ref)) await wakeLeft(operationOn(machine, on), ref).catch(() => undefined);
  else {
    const { path } = await volumeFacts(context, volume);
    await context.call(memory.restore, { from: path, xml: undefined, flags: 0 });
    await wakeUp(context, ref, signal);
  }
  await deleteVolume(context, volume);
  return isRunning(ref) ? [] : [machine.name];
}

/** The file that its memory was being written into. */
async function findMemory(context: Libvirt, machine: StateMachine): Promise<VolumeRef | undefined> {
  const disk = await findVolumeById(context, machine.given.disks?.[0]?.volumeId ?? "");
  if (disk === undefined) return undefined;
  const { pool } = await context.call(pools.lookupByVolume, { volume: disk });
  return findVolume(context, pool, memoryName(machine));
}

/** The machine once libvirt does nothing with it any more. */
async function afterJob(context: Libvirt, { uuid, name }: DomainRef): Promise<DomainRef> {
  const deadline = performance.now() + saveLimitMs;
  for (;;) {
    const { domain } = await context.call(domains.lookupByUuid, { uuid });
    if (!isRunning(domain) || !(await isBusy(context, domain))) {
      return (await context.call(domains.lookupByUuid, { uuid })).domain;
    }
    if (performance.now() > deadline) {
      throw new ProviderError(`libvirt has been writing the memory of ${name} for ${saveLimitMs / 60_000} minutes`);
    }
    await sleep(lookIntervalMs);
  }
}

async function isBusy(context: Libvirt, domain: DomainRef): Promise<boolean> {
  try {
    return (await context.call(memory.job, { domain })).type !== 0;
  } catch (error) {
    // It has ended in between.
    if (isLibvirtError(error, errorCodes.operationInvalid, errorCodes.noDomain)) return false;
    throw error;
  }
}
