import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { link, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Operation } from "../../kit/crud.ts";
import { messageOf, ProviderError } from "../../kit/plain/errors.ts";
import { ownerDigits, ownerOf } from "../xml/ownership.ts";
import { isLibvirtError } from "../rpc/errors.ts";
import type { Libvirt } from "../rpc/libvirt.ts";
import { pools, type PoolRef, type VolumeRef } from "../rpc/procedures.ts";
import { readPool, type VolumeDefinition, type VolumeFacts } from "../xml/storage.ts";
import type { SourceFile } from "./source.ts";
import { createVolume, deleteVolume } from "./volumes.ts";

/** The content that a source is known to have. */
export interface KnownContent {
  sha256: string;
  /** When the file was last modified while it had that checksum, milliseconds since 1970. */
  modifiedMs: number;
}

/** The second name that the source's file gets beside the volume that shares it: this resource's, and no one else's. */
const sharedName = (volume: string, urn: string): string => `${volume}.source-${ownerDigits(ownerOf(urn))}`;
/** Before it said whose it is. */
const oldSharedName = (volume: string): string => `${volume}.source`;

/**
 * A volume that shares the source's bytes instead of copying them: the file gets a second name (a hard link) in the
 * pool's directory, and the volume is an empty overlay of that. It holds whatever happens to the first name, and what is
 * written to the volume never gets into the source. Only for a source whose content is known, which says that nobody
 * changes it, and where the daemon sees the same directory as this process: it has to find the file that was linked
 * here, and what it then makes has to be seen here.
 *
 * @returns undefined where it can't be shared (another file system or machine, a source without known content, raw).
 * @throws ProviderError when the source has another content.
 */
export async function shareSource(
  { context, urn }: Operation<Libvirt>,
  pool: PoolRef,
  definition: VolumeDefinition,
  source: SourceFile,
  content: KnownContent | undefined,
): Promise<VolumeRef | undefined> {
  if (content === undefined || source.format !== "qcow2" || context.isTest || context.isRemote) return undefined;
  const { path: directory } = readPool((await context.call(pools.xml, { pool, flags: 0 })).xml);
  const shared = join(directory, sharedName(definition.name, urn));
  try {
    // Without an overlay of it, it is what a killed run left.
    await rm(shared, { force: true });
    await link(source.path, shared);
  } catch {
    return undefined;
  }
  let ref: VolumeRef | undefined;
  try {
    await verifyContent(shared, content, source.path);
    ref = await createVolume(context, pool, { ...definition, backing: { path: shared, format: source.format } });
    if (existsSync(join(directory, definition.name))) return ref;
    await deleteVolume(context, ref);
  } catch (error) {
    if (!isLibvirtError(error)) {
      await rm(shared, { force: true });
      throw error;
    }
  }
  await rm(shared, { force: true });
  return undefined;
}

/** Whether a volume is one that shares its source. */
export function sharesSource({ path, backingPath }: VolumeFacts, urn: string): boolean {
  return backingPath === sharedName(path, urn) || backingPath === oldSharedName(path);
}

/**
 * Whether the source that a volume shares is still the one that is wanted.
 *
 * @throws ProviderError when it has another content than it is known to have.
 */
export async function sharesStill(
  { backingPath = "" }: VolumeFacts,
  source: SourceFile,
  content: KnownContent | undefined,
): Promise<boolean> {
  if (content === undefined) return false;
  const [shared, now] = await Promise.all([stat(backingPath).catch(() => undefined), stat(source.path)]);
  if (shared?.ino !== now.ino || shared.dev !== now.dev) return false;
  await verifyContent(source.path, content);
  return true;
}

/**
 * Removes what a volume that has gone, and was ours, shared with its source. The source stays. By which digits is not asked:
 * host and stack may have other names by now.
 */
export async function dropShared({ path, backingPath = "" }: VolumeFacts): Promise<void> {
  const digits = backingPath.startsWith(oldSharedName(path)) ? backingPath.slice(oldSharedName(path).length) : "none";
  if (/^(-[0-9a-f]{16})?$/.test(digits)) await rm(backingPath, { force: true }).catch(() => undefined);
}

/**
 * Takes the checksum's word for a file that has not been modified since; reads any other, a second for a gigabyte.
 *
 * @throws ProviderError when the content is another.
 */
export async function verifyContent(file: string, { sha256, modifiedMs }: KnownContent, name = file): Promise<void> {
  if ((await stat(file)).mtimeMs === modifiedMs) return;
  const hash = createHash("sha256");
  try {
    await pipeline(createReadStream(file, { highWaterMark: 1024 * 1024 }), hash);
  } catch (error) {
    throw new ProviderError(`source: can't read ${name}: ${messageOf(error)}`);
  }
  if (hash.digest("hex") !== sha256) {
    throw new ProviderError(`source: ${name} has another content than it should (its SHA-256 is not ${sha256})`);
  }
}
