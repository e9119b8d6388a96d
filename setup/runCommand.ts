/** How much of a failed command's output its error shows. */
const shownLines = 15;

export interface CommandOptions {
  cwd?: string;
  env?: Record<string, string>;
  /** After this many milliseconds the command is ended, and that is an error. */
  limitMs: number;
  signal: AbortSignal;
  /** Each line that the command prints, on either stream. */
  onLine?: (line: string) => void;
}

/**
 * Runs a command with no standard input.
 *
 * @throws Error that says what was run, how it ended and the end of what it printed.
 */
export async function runCommand(command: string, args: readonly string[], options: CommandOptions): Promise<string> {
  // Loaded when a command is run: programs that only look at what there is start sooner.
  const { execa } = await import("execa");
  const child = execa(command, args, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: options.env ?? {},
    stdin: "ignore",
    all: true,
    reject: false,
    timeout: options.limitMs,
    cancelSignal: options.signal,
    forceKillAfterDelay: 5_000,
  });
  const { onLine } = options;
  if (onLine) {
    for await (const line of child.iterable({ from: "all" })) onLine(line);
  }
  const result = await child;
  options.signal.throwIfAborted();
  if (!result.failed) return result.stdout;
  const how = result.timedOut
    ? `did not end within ${Math.round(options.limitMs / 1000)} s`
    : result.exitCode === undefined
      ? `could not be run: ${result.shortMessage}`
      : `ended with status ${result.exitCode}`;
  const tail = result.all.trimEnd().split("\n").slice(-shownLines).join("\n");
  throw new Error(`${command} ${args.slice(0, 2).join(" ")} ${how}${tail === "" ? "" : `:\n${tail}`}`);
}
