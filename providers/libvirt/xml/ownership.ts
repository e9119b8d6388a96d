import { createHash } from "node:crypto";
import { userInfo } from "node:os";
import { join, resolve } from "node:path";
import { originOf } from "../../kit/plain/origin.ts";

/**
 * Who made an object of libvirt's: kept where the object is, so that a run that was killed finds again what it had made,
 * and so that nothing of anyone else's is taken over, changed or deleted only because it has the same name.
 */
export interface Owner {
  /** The Pulumi resource. */
  urn: string;
  /**
   * Tells users and checkouts with equally named stacks apart: a hash of this machine and of the place where the
   * engine's state is kept on it.
   */
  state: string;
  /** Whom to ask of it: the user's name. Absent, as is the next: an older version made it. */
  user?: string;
  /** That place. Nothing goes by it but who looks for what has lost its state; {@link isFrom} tells whether it is true. */
  directory?: string;
}

/** XML namespace of the mark in libvirt's <metadata>. */
export const ownerNamespace = "urn:pulumi:libvirt";

export function ownerOf(urn: string): Owner {
  const directory = stateDirectory();
  return { urn, state: originOf(directory), user: userName(), directory };
}

/** Whether a mark was made on this machine, from the directory that it names. */
export function isFrom({ state, directory }: Owner): boolean {
  return directory !== undefined && originOf(directory) === state;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // Containers run users that no file names.
    return String(process.getuid?.());
  }
}

/** Where the engine's state is kept: as the environment says, else beside the folder of the plugins. */
function stateDirectory(): string {
  return resolve(process.env.STRATA_STATE ?? join(import.meta.dirname, "../../../.strata"));
}

/** An owner in sixteen hexadecimal digits, where there is room for no more: eight of its stack, eight of itself. */
export function ownerDigits(owner: Owner): string {
  return stackDigits(owner) + hash(owner.state, owner.urn).slice(0, 8);
}

/** The first eight of them, which all resources of a stack have. */
export function stackDigits({ urn, state }: Owner): string {
  return hash(state, ...urn.split("::").slice(0, 2)).slice(0, 8);
}

/** A UUID that is the owner's own, for a purpose. */
export function ownerUuid({ urn, state }: Owner, purpose: string): string {
  const digits = hash(state, urn, purpose);
  // Version 8 of RFC 9562: what it is made of is our own affair.
  return [digits.slice(0, 8), digits.slice(8, 12), `8${digits.slice(13, 16)}`, `a${digits.slice(17, 20)}`]
    .concat(digits.slice(20, 32))
    .join("-");
}

function hash(...parts: string[]): string {
  return createHash("sha256").update(parts.join("\0")).digest("hex");
}

export function sameOwner(a: Owner | undefined, b: Owner): boolean {
  return a?.urn === b.urn && a.state === b.state;
}

/** Whether two objects are of one stack. */
export function sameStack(a: Owner, b: Owner): boolean {
  return a.state === b.state && stackOf(a.urn) === stackOf(b.urn);
}

/** "urn:pulumi:STACK::PROJECT" of a resource's URN. */
const stackOf = (urn: string): string => urn.split("::").slice(0, 2).join("::");

/** What to say when the name is taken by something that this resource did not make. */
export function takenMessage(kind: string, name: string, owner: Owner | undefined): string {
  const whose = owner === undefined ? "which Pulumi did not make" : `which belongs to ${owner.urn}`;
  const state =
    owner === undefined ? "" : ` (${owner.user === undefined ? "" : `user ${owner.user}, `}state ${owner.state})`;
  return (
    `there is already a ${kind} "${name}", ${whose}${state}; choose another name, remove it, ` +
    `or take it over with \`pulumi import\``
  );
}
