/** Names of volumes or files without those of the marks that stand beside volumes of the provider's. */
export function withoutMarks(names: readonly string[]): string[] {
  return names.filter((name) => !/\.owner-[0-9a-f]{16}$/.test(name)).sort();
}
