import { createHash } from "node:crypto";
import { stateDirectory } from "../kit/stateDirectory.ts";

/**
 * Who made an object of libvirt's: kept in its XML, so that a run that was killed finds again what it had made, and so
 * that no one's machine or network is taken over only because it has the same name.
 */
export interface Owner {
  /** The Pulumi resource. */
  urn: string;
  /** Tells checkouts with equally named stacks apart: a hash of the place where the engine's state is kept. */
  state: string;
}

/** XML namespace of the mark in libvirt's <metadata>. */
export const ownerNamespace = "urn:pulumi:libvirt";

export function ownerOf(urn: string): Owner {
  return { urn, state: createHash("sha256").update(stateDirectory()).digest("hex").slice(0, 12) };
}

export function sameOwner(a: Owner | undefined, b: Owner): boolean {
  return a?.urn === b.urn && a.state === b.state;
}

/** What to say when the name is taken by something that this resource did not make. */
export function takenMessage(kind: string, name: string, owner: Owner | undefined): string {
  const whose = owner === undefined ? "which Pulumi did not make" : `which belongs to ${owner.urn}`;
  const state = owner === undefined ? "" : ` (state ${owner.state})`;
  return (
    `there is already a ${kind} "${name}", ${whose}${state}; choose another name, remove it, ` +
    `or take it over with \`pulumi import\``
  );
}
