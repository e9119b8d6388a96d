import { heldLocks } from "../../local/lock.ts";
import { cancelSignal } from "./cancel.ts";
import { ArtifactError } from "./errors.ts";

export interface Command {
  /** What is being done, for messages: "building the machine image". */
  what: string;
  command: string;
  args: string[];
  limitSeconds: number;
  directory?: string;
  /** Added to the process's own environment. */
  environment?: Record<string, string>;
  /** Called for each line of standard output. */
  onLine?: (line: string) => void;
}

/** How much of a failed command's output goes into its error: the end says why. */
const shownLines = 15;

/**
 * Runs a program to its end. It is ended with this process, and when its work is cancelled.
 *
 * @returns its standard output.
 * @throws the reason of a cancellation.
 * @throws ArtifactError with the end of its output when it fails, does not exist, or runs into the limit.
 */
export async function run(command: Command): Promise<string> {
  const signal = cancelSignal();
  // Loaded when a command is run: programs that only look at what there is start sooner.
  const { execa } = await import("execa");
  const child = execa(command.command, command.args, {
    cwd: command.directory,
    env: command.environment,
    cancelSignal: signal,
    // It holds the lock of what it builds too, should it outlive this process. Numbers are passed on; execa's types lack them.
    stdio: ["ignore", "pipe", "pipe", ...(heldLocks() as unknown as "inherit"[])],
    all: true,
    reject: false,
    timeout: command.limitSeconds * 1000,
    forceKillAfterDelay: 5000,
  });
  if (command.onLine) for await (const line of child) command.onLine(line);
  const result = await child;
  signal?.throwIfAborted();
  if (!result.failed) return result.stdout;
  const end = result.all.split("\n").slice(-shownLines).join("\n");
  const reason = result.timedOut
    ? `took longer than ${command.limitSeconds} s`
    : result.exitCode !== undefined
      ? `exit status ${result.exitCode}`
      : (result.shortMessage ?? "could not be started");
  throw new ArtifactError(`${command.what} failed (${command.command}: ${reason})${end === "" ? "" : `:\n${end}`}`);
}
