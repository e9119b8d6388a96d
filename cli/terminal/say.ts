/** Tells the user something beside a command's output. */
export function say(sentence: string): void {
  process.stderr.write(`strata: ${sentence}\n`);
}
