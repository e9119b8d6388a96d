import { ownerNamespace, ownerOf } from "../xml/ownership.ts";
import type { Libvirt } from "../rpc/libvirt.ts";
import { domains, type DomainRef } from "../rpc/procedures.ts";
import { writeXml, type Markup } from "../xml/document.ts";
import { leaseMetadata, leaseNamespace, ownerMetadata, type Lease } from "../xml/metadata.ts";
import { isRunning } from "./domainFacts.ts";

/** virDomainModificationImpact: what runs now, and what is started next time. */
const affectLive = 1;
const affectConfig = 2;
/** virDomainMetadataType. */
const types = { description: 0, element: 2 } as const;

/** What a change of a machine is for: how it starts next time, and, where it runs, how it is now. */
export const affected = (domain: DomainRef): number => affectConfig | (isRunning(domain) ? affectLive : 0);

/** A lease that begins now. */
export function leaseFromNow(seconds: number, nowMs = Date.now()): Lease {
  return { seconds, expires: new Date(nowMs + seconds * 1000).toISOString() };
}

export async function setDescription(context: Libvirt, domain: DomainRef, text: string | undefined): Promise<void> {
  const { description: type } = types;
  const flags = affected(domain);
  await context.call(domains.setMetadata, { domain, type, metadata: text, key: undefined, uri: undefined, flags });
}

export async function setOwner(context: Libvirt, domain: DomainRef, urn: string): Promise<void> {
  await setElement(context, domain, ["pulumi", "resource", ownerNamespace], ownerMetadata(ownerOf(urn)));
}

/** Undefined takes it away. */
export async function setLease(context: Libvirt, domain: DomainRef, lease: Lease | undefined): Promise<void> {
  await setElement(context, domain, ["lease", "lease", leaseNamespace], lease && leaseMetadata(lease));
}

/** libvirt puts prefix and namespace to the element by itself. */
async function setElement(
  context: Libvirt,
  domain: DomainRef,
  [key, name, uri]: [prefix: string, name: string, namespace: string],
  markup: Markup | undefined,
): Promise<void> {
  const attributes = Object.entries((markup?.[`${key}:${name}`] ?? {}) as Markup);
  const own = Object.fromEntries(attributes.filter(([attribute]) => attribute !== `@xmlns:${key}`));
  const metadata = markup && writeXml(name, own);
  const { element: type } = types;
  await context.call(domains.setMetadata, { domain, type, metadata, key, uri, flags: affected(domain) });
}
