import { kindNames, kindOf, type KindName } from "../../components/kinds/index.ts";
import type { ArtifactSet } from "../../components/kinds/artifacts.ts";
import { itemsOf } from "./parts.ts";
import { item, items, type Item } from "../mirror/item.ts";

/** By a kind's name: all that a version of it needs. */
export type Versions = Partial<Record<KindName, string | undefined>>;

export interface Selection extends Versions {
  /** "coredns" (all its versions) or "coredns@1.13.1". */
  names?: readonly string[];
  all?: boolean | undefined;
}

/** Kinds of software that take something from the mirror, and what. */
export const mirroredKinds = kindNames.flatMap((name): [KindName, ArtifactSet][] => {
  const { artifacts } = kindOf(name);
  return artifacts === undefined ? [] : [[name, artifacts]];
});

/**
 * The items that a command is about; by default what the default versions of all software need.
 *
 * @throws ArtifactError for what there is not.
 */
export function select({ names = [], all = false, ...versions }: Selection): Item[] {
  if (all) return items();
  const named = names.flatMap((text) => {
    const [name = "", version] = text.split("@");
    if (version !== undefined) return [item(name, version)];
    const versions = items().filter((candidate) => candidate.name === name);
    // For the error that lists what there is.
    return versions.length === 0 ? [item(name, "")] : versions;
  });
  const wanted = [...ofSoftware(versions, names.length === 0), ...named];
  return [...new Map(wanted.map((selected) => [selected.title, selected])).values()];
}

/** @param otherwise whether it is the default versions, where none is asked for. */
function ofSoftware(versions: Versions, otherwise: boolean): Item[] {
  const asked = mirroredKinds.flatMap(([kind]) => {
    const version = versions[kind];
    return version === undefined ? [] : [{ kind, version }];
  });
  const defaults = mirroredKinds.map(([kind, { defaultVersion: version }]) => ({ kind, version }));
  return (asked.length > 0 || !otherwise ? asked : defaults).flatMap(itemsOf);
}
