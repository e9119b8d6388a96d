import type { Resource } from "./entry.ts";

/** Resources whose references name others by what they are called now, not by names that these had before. */
export function withoutAliases(resources: readonly Resource[]): Resource[] {
  const renamed = renames(resources);
  const named = (urn: string): string => renamed.get(urn) ?? urn;
  const all = (urns: readonly string[] | null): string[] => (urns ?? []).map(named);
  return resources.map((resource) => {
    if (renamed.size === 0) return resource;
    const { urn, parent, provider, dependencies, propertyDependencies, deletedWith, viewOf } = resource;
    return {
      ...resource,
      aliases: undefined,
      urn: named(urn),
      parent: parent && named(parent),
      provider: provider && withProvider(provider, named),
      dependencies: dependencies && all(dependencies),
      propertyDependencies:
        propertyDependencies &&
        Object.fromEntries(Object.entries(propertyDependencies).map(([name, urns]) => [name, all(urns)])),
      deletedWith: deletedWith && named(deletedWith),
      viewOf: viewOf && named(viewOf),
    };
  });
}

/** A child of a renamed parent has another URN, too: "urn:pulumi:STACK::PROJECT::PARENT-TYPE$TYPE::NAME". */
function renames(resources: readonly Resource[]): Map<string, string> {
  const renamed = new Map<string, string>();
  for (const { urn, parent, aliases } of resources) {
    for (const alias of aliases ?? []) renamed.set(alias, urn);
    const newParent = parent && renamed.get(parent);
    if (!newParent) continue;
    const [start, project, type = "", name] = urn.split("::");
    const parentType = newParent.split("::")[2] ?? "";
    if (parentType === "pulumi:pulumi:Stack") continue;
    renamed.set(urn, [start, project, `${parentType}$${type.split("$").at(-1)}`, name].join("::"));
  }
  return renamed;
}

/** A provider is named by its URN and its id. */
function withProvider(reference: string, named: (urn: string) => string): string {
  const at = reference.lastIndexOf("::");
  return `${named(reference.slice(0, at))}${reference.slice(at)}`;
}
