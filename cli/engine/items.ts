import type { Item } from "../../events/event.ts";
import type { ItemType } from "../../events/words.ts";

/** Strata's components that are something to people, by the last word of their types; all in them is a part of them. */
const things: Readonly<Record<string, ItemType>> = {
  Machine: "machine",
  Link: "link",
  Cluster: "cluster",
  WorkerDeployment: "workload",
};

/** Knows by their URNs what resources are, from what the engine has told of their parents. */
export class Items {
  readonly #parents = new Map<string, string>();
  readonly #origins = new Map<string, string>();

  /** Notes a resource's parent, and what a machine says that it starts from. */
  sees(urn: string, parent: string | undefined, from: unknown): void {
    if (parent) this.#parents.set(urn, parent);
    if (thingOf(urn) === "machine" && typeof from === "string") this.#origins.set(urn, from);
  }

  /** What the machine that a resource belongs to starts from. */
  originOf(urn: string): string | undefined {
    return this.#origins.get(this.#parents.get(urn) ?? "");
  }

  /** Whether a resource is such a component itself. */
  isThing(urn: string): boolean {
    return thingOf(urn) !== undefined;
  }

  /** The machine, link or cluster that a resource is or belongs to, else the testbed. */
  of(urn: string): Item {
    const name = nameOf(urn);
    for (let at: string | undefined = urn; at !== undefined; at = this.#parents.get(at)) {
      const type = thingOf(at);
      if (type !== undefined) return { type, name: nameOf(at), part: at === urn ? undefined : partOf(urn, at) };
    }
    return { type: "testbed", name: stackOf(urn), part: name };
  }
}

/** "cloud-0-disk" is "disk" of cloud-0. What is named like its machine is the machine; elsewhere the type says which it is. */
function partOf(urn: string, thing: string): string | undefined {
  const [name, whole] = [nameOf(urn), nameOf(thing)];
  if (name !== whole) return name.startsWith(`${whole}-`) ? name.slice(whole.length + 1) : name;
  return thingOf(thing) === "machine" ? undefined : typeOf(urn).split(":").at(-1)?.toLowerCase();
}

// urn:pulumi:STACK::PROJECT::TYPE$TYPE::NAME
const nameOf = (urn: string): string => urn.split("::").slice(3).join("::");
const typeOf = (urn: string): string => urn.split("::")[2]?.split("$").at(-1) ?? "";
const stackOf = (urn: string): string => urn.split("::")[0]?.split(":").at(-1) ?? "";

function thingOf(urn: string): ItemType | undefined {
  const [owner, , last = ""] = typeOf(urn).split(":");
  return owner === "strata" ? things[last] : undefined;
}
