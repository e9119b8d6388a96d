import type { Libvirt } from "../rpc/libvirt.ts";
import { domains, type DomainRef } from "../rpc/procedures.ts";
import { readDomain, type DomainFacts } from "../xml/readDomain.ts";

/** VIR_DOMAIN_XML_INACTIVE: the machine as it will start next time. */
const inactive = 2;

export function isRunning(ref: DomainRef): boolean {
  return ref.id !== -1;
}

/** The machine's XML: as it will start next time, or, while it runs, as it is now. */
export async function xmlOf(context: Libvirt, domain: DomainRef, which: "config" | "live" = "config"): Promise<string> {
  return (await context.call(domains.xml, { domain, flags: which === "live" ? 0 : inactive })).xml;
}

export async function factsOf(context: Libvirt, domain: DomainRef, which?: "config" | "live"): Promise<DomainFacts> {
  return readDomain(await xmlOf(context, domain, which));
}
