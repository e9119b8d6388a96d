/** Any text in a shell's quotes. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** Any text as one word of a shell, in quotes where it needs them. */
export function shellWord(text: string): string {
  return /^[\w%@/.,:=+-]+$/.test(text) ? text : quoted(text);
}
