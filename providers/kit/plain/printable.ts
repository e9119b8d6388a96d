/** Longest text of somebody else's that an error or a line of a log holds, in characters. */
const longest = 10_000;

/**
 * A text from a guest, or from anywhere else that is not ours, as it may stand in an error or a log: of bounded length, and as
 * {@link visible} has it.
 */
export function printable(text: string): string {
  return visible(
    text.length <= longest ? text : `${text.slice(0, longest)} [${text.length - longest} more characters]`,
  );
}

/**
 * A text that moves no cursor, colours nothing and hides nothing in a terminal. Line feeds and tabs stay; other control
 * characters, and those that turn the direction of writing or can't be seen, show as "\u{1b}".
 */
export function visible(text: string): string {
  return text
    .replaceAll("\r\n", "\n")
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (one) =>
      one === "\n" || one === "\t" ? one : `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`,
    );
}
