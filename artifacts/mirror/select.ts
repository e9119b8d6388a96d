import { kubernetesItems } from "../kubernetes/parts.ts";
import { defaultVersion } from "../kubernetes/versions.ts";
import { item, items, type Item } from "./item.ts";

export interface Selection {
  /** "coredns" (all its versions) or "coredns@1.13.1". */
  names?: readonly string[];
  /** All that a version of Kubernetes needs. */
  kubernetes?: string | undefined;
  all?: boolean | undefined;
}

/**
 * The items that a command is about; by default what the default version of Kubernetes needs.
 *
 * @throws ArtifactError for what there is not.
 */
export function select({ names = [], kubernetes, all = false }: Selection): Item[] {
  if (all) return items();
  const named = names.flatMap((text) => {
    const [name = "", version] = text.split("@");
    if (version !== undefined) return [item(name, version)];
    const versions = items().filter((candidate) => candidate.name === name);
    // For the error that lists what there is.
    return versions.length === 0 ? [item(name, "")] : versions;
  });
  const ofKubernetes =
    kubernetes === undefined && names.length > 0 ? [] : kubernetesItems(kubernetes ?? defaultVersion);
  return [...new Map([...ofKubernetes, ...named].map((selected) => [selected.title, selected])).values()];
}
