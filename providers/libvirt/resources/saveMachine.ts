import { Readable } from "node:stream";
import type { Operation } from "../../kit/crud.ts";
import { ProviderError } from "../../kit/plain/errors.ts";
import { ifExists } from "../rpc/errors.ts";
import type { Libvirt } from "../rpc/libvirt.ts";
import { memory } from "../rpc/memoryProcedures.ts";
import { domains, volumes, type PoolRef, type VolumeRef } from "../rpc/procedures.ts";
import { checkClockRate } from "../saved/clockRate.ts";
import type { Fingerprint } from "../saved/fingerprint.ts";
import { readHeader, streamOffset, type SavedHeader } from "../saved/memoryFile.ts";
import { draft, type Saved } from "../saved/store.ts";
import { identityChannel, parked } from "../saved/wake.ts";
import { domainXml, type DomainDefinition } from "../xml/domain.ts";
import { ownerDigits, ownerOf } from "../xml/ownership.ts";
import type { VolumeFacts } from "../xml/storage.ts";
import { derivedMac } from "./domainDefinition.ts";
import { powerOff, start } from "./power.ts";
import { buildSeed } from "./seedImage.ts";
import { createVolume, deleteVolume, findVolume, uploadVolume, volumeFacts } from "./volumes.ts";

/** Longest wait for the machine to have booted as far as it does without an identity. */
const bootLimitMs = 10 * 60_000;

/** By which a machine boots as far as it can without being any machine in particular, and says so at its port. */
const seed = { "meta-data": "instance-id: prepared\nlocal-hostname: prepared\nstrata-parks: true\n", "user-data": "" };

/** The disk of the machine that others are to be like. */
export interface DiskOf {
  pool: PoolRef;
  facts: VolumeFacts & { backingPath: string };
}

/**
 * Boots a machine that is like another one in all that it sees of itself until it says that it is parked, saves it with its
 * memory, and keeps that in a directory of this machine. Nothing of it is left on the host. What a killed run left of one
 * must have been removed ({@link removeSaving}).
 */
export async function saveMachine(
  operation: Operation<Libvirt>,
  like: DomainDefinition,
  { pool, facts }: DiskOf,
  fingerprint: Fingerprint,
  directory: string,
): Promise<Saved> {
  const { context, log, signal, urn } = operation;
  const names = namesOf(like.name, urn);
  const kept = await draft(directory);
  try {
    const image = await buildSeed(seed);
    const [disk, seedDisk, into] = await Promise.all([
      createVolume(context, pool, {
        ...{ name: names.disk, format: "qcow2", capacity: facts.capacity },
        backing: { path: facts.backingPath, format: "qcow2" },
        knowsZeroes: true,
      }),
      createVolume(context, pool, { name: names.seed, format: "raw", capacity: image.length }),
      createVolume(context, pool, { name: names.memory, format: "raw", capacity: 0 }),
    ]);
    await uploadVolume(context, seedDisk, Readable.from([image]), image.length);
    const xml = domainXml(prepared(like, names.domain, [disk, seedDisk], urn));
    const { domain: defined } = await context.call(domains.define, { xml, flags: 0 });
    log("info", "booting the machine that others will be copies of", true);
    await start(context, defined);
    const { domain } = await context.call(domains.lookupByUuid, { uuid: defined.uuid });
    await context.channel(domain, identityChannel, signal, async (channel) => {
      while ((await channel.line(bootLimitMs, "waiting for the machine to boot")) !== parked);
      await checkClockRate(channel);
    });
    log("info", "saving it with its memory", true);
    const { path } = await volumeFacts(context, into);
    await context.call(memory.save, { domain, to: path, xml: undefined, flags: 0 });
    const cookie = await downloadMemory(context, into, (piece) => {
      kept.write("memory", piece);
    });
    await download(context, disk, (piece) => {
      kept.write("disk.qcow2", piece);
    });
    return await kept.keep({ fingerprint, cookie });
  } catch (error) {
    await kept.drop();
    throw error;
  } finally {
    await removeSaving(operation, like.name, pool).catch(() => undefined);
  }
}

/** Names that carry whose it is. */
function namesOf(machine: string, urn: string) {
  const domain = `${machine}.prepared-${ownerDigits(ownerOf(urn))}`;
  return { domain, disk: `${domain}.qcow2`, seed: `${domain}.iso`, memory: `${domain}.memory` };
}

/** Removes the machine that was to be saved for a resource, as a killed run may have left it. */
export async function removeSaving(
  { context, urn }: Operation<Libvirt>,
  machine: string,
  pool: PoolRef,
): Promise<void> {
  const names = namesOf(machine, urn);
  const ref = (await ifExists(context.call(domains.lookupByName, { name: names.domain })))?.domain;
  if (ref) {
    await powerOff(context, ref);
    await ifExists(context.call(domains.undefine, { domain: ref, flags: 0 }));
  }
  for (const name of [names.disk, names.seed, names.memory]) {
    await deleteVolume(context, await findVolume(context, pool, name));
  }
}

function prepared(like: DomainDefinition, name: string, disks: VolumeRef[], urn: string): DomainDefinition {
  if (like.disks.length !== disks.length || like.disks.some(({ device }) => device !== "disk")) {
    throw new ProviderError("a prepared machine has two disks, an overlay of its image and its seed");
  }
  return {
    ...like,
    ...{ name, cpuQuota: undefined, cpuPinning: undefined },
    // Its kernel fills the inode tables of a grown file system with zeros, a hundred megabytes, which each copy would get.
    disks: like.disks.map(({ format, device }, index) => ({
      ...{ path: disks[index]?.key ?? "", format, device },
      detectsZeroes: true,
    })),
    interfaces: like.interfaces.map((entry, index) => ({ ...entry, mac: derivedMac(`${urn} prepared`, index) })),
    consoles: like.consoles.map((entry) => ({ ...entry, logFile: undefined })),
  };
}

/** QEMU's stream alone, without what libvirt has written before it. @returns libvirt's cookie. */
export async function downloadMemory(
  context: Libvirt,
  volume: VolumeRef,
  write: (piece: Buffer) => void,
): Promise<string> {
  let header: SavedHeader | undefined;
  let start = Buffer.alloc(0);
  const begin = (): SavedHeader => {
    const read = readHeader(start);
    write(start.subarray(read.offset));
    return read;
  };
  await download(context, volume, (piece) => {
    if (header !== undefined) write(piece);
    else {
      start = Buffer.concat([start, piece]);
      if (start.length >= 4 * streamOffset) header = begin();
    }
  });
  header ??= begin();
  return header.cookie;
}

export async function download(context: Libvirt, volume: VolumeRef, write: (piece: Buffer) => void): Promise<void> {
  await context.receive(volumes.download, { volume, offset: 0, length: 0, flags: 0 }, (piece) => {
    write(piece);
    return true;
  });
}
