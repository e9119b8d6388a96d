import { ownerNamespace, type Owner } from "./ownership.ts";
import type { Element, Markup } from "./document.ts";

/** The <metadata> that says whose an object is. */
export function ownerMetadata(owner: Owner): Markup {
  return {
    "pulumi:resource": { "@xmlns:pulumi": ownerNamespace, "@urn": owner.urn, "@state": owner.state },
  };
}

export function readOwner(root: Element): Owner | undefined {
  const mark = root.at("metadata", "resource");
  const urn = mark?.attribute("urn");
  return urn === undefined ? undefined : { urn, state: mark?.attribute("state") ?? "" };
}
