import type { Resource } from "./entry.ts";

/** Resources without what they say of others that are not there: a refresh takes away what is gone, whoever depends on it. */
export function withoutMissing(resources: readonly Resource[]): Resource[] {
  const known = new Set(resources.map(({ urn }) => urn));
  const one = (urn: string | undefined): string | undefined => (urn !== undefined && known.has(urn) ? urn : undefined);
  const some = (urns: readonly string[] | null): string[] => (urns ?? []).filter((urn) => known.has(urn));
  return resources.map((resource) => {
    const { parent, dependencies, propertyDependencies, replaceWith, deletedWith } = resource;
    return {
      ...resource,
      parent: one(parent),
      dependencies: dependencies && some(dependencies),
      propertyDependencies:
        propertyDependencies &&
        Object.fromEntries(Object.entries(propertyDependencies).map(([name, urns]) => [name, some(urns)])),
      replaceWith: replaceWith && some(replaceWith),
      deletedWith: one(deletedWith),
    };
  });
}
