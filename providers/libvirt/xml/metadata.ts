import { ownerNamespace, type Owner } from "./ownership.ts";
import type { Element, Markup } from "./document.ts";

/** Until when a machine may be kept. */
export interface Lease {
  /** How long an update makes it. */
  seconds: number;
  /** Its end, ISO 8601. */
  expires: string;
}

/** libvirt sets and replaces <metadata> by namespace: an element of its own has its own. */
export const leaseNamespace = "urn:pulumi:libvirt:lease";

/** The <metadata> that says whose an object is. */
export function ownerMetadata({ urn, state, user, directory }: Owner): Markup {
  return {
    "pulumi:resource": {
      "@xmlns:pulumi": ownerNamespace,
      "@urn": urn,
      "@state": state,
      "@user": user,
      "@directory": directory,
    },
  };
}

export function readOwner(root: Element): Owner | undefined {
  const mark = root.at("metadata", "resource");
  const urn = mark?.attribute("urn");
  if (urn === undefined) return undefined;
  const [user, directory] = [mark?.attribute("user"), mark?.attribute("directory")];
  return {
    ...{ urn, state: mark?.attribute("state") ?? "" },
    ...(user === undefined ? {} : { user }),
    ...(directory === undefined ? {} : { directory }),
  };
}

export function leaseMetadata({ seconds, expires }: Lease): Markup {
  return { "lease:lease": { "@xmlns:lease": leaseNamespace, "@seconds": seconds, "@expires": expires } };
}

/** One that others have written something else into is none. */
export function readLease(root: Element): Lease | undefined {
  const mark = root.at("metadata", "lease");
  const [seconds, expires = ""] = [Number(mark?.attribute("seconds")), mark?.attribute("expires")];
  return seconds > 0 && !Number.isNaN(Date.parse(expires)) ? { seconds, expires } : undefined;
}
