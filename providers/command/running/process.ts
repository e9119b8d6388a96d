import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { ProviderError } from "../../kit/plain/errors.ts";

export interface Run {
  file: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  /** Working directory. Default: the plugin's own, which is the program's. */
  dir?: string;
  stdin?: string;
  /** Aborted when the user interrupts the update. */
  signal: AbortSignal;
  /** Gets each line as it is printed. */
  onLine?: (stream: "stdout" | "stderr", line: string) => void;
}

export interface Finished {
  /** Exit status; null if a signal ended it. */
  status: number | null;
  stdout: string;
  stderr: string;
}

/** What a process gets to clean up after it was asked to end. */
const graceMs = 5000;

/**
 * Runs a program to its end, in a process group of its own: an interrupt ends the program and whatever it started.
 *
 * @throws ProviderError if it can't be started, or was interrupted.
 */
export async function runProcess(run: Run): Promise<Finished> {
  run.signal.throwIfAborted();
  const child = spawn(run.file, run.args, { cwd: run.dir, env: run.env, detached: true, stdio: "pipe" });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  const interrupt = () => {
    endGroup(child);
  };
  running.add(child);
  run.signal.addEventListener("abort", interrupt, { once: true });
  // A program that ends without reading its input is no failure.
  child.stdin.on("error", () => undefined);
  child.stdin.end(run.stdin ?? "");
  const stdout = collect(child.stdout, (line) => run.onLine?.("stdout", line));
  const stderr = collect(child.stderr, (line) => run.onLine?.("stderr", line));
  try {
    const status = await ended;
    if (run.signal.aborted) throw new ProviderError(`${run.file} was interrupted`);
    return { status, stdout: stdout(), stderr: stderr() };
  } catch (error) {
    throw startFailure(error, run);
  } finally {
    running.delete(child);
    run.signal.removeEventListener("abort", interrupt);
  }
}

/** Bytes of a stream that are kept: they go into the state. Of more, the rest is left out, and says so. */
const largestText = 16 * 2 ** 20;

/** Gathers a stream's text, and passes its lines on. */
function collect(stream: Readable, onLine: (line: string) => void): () => string {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream.on("data", (chunk: Buffer) => {
    const room = largestText - bytes;
    bytes += chunk.length;
    if (room > 0) chunks.push(chunk.subarray(0, room));
    if (room > 0 && bytes > largestText) chunks.push(Buffer.from("\n(more than 16 MiB: the rest was left out)\n"));
  });
  createInterface({ input: stream }).on("line", onLine);
  return () => Buffer.concat(chunks).toString("utf8");
}

function startFailure(error: unknown, { file, dir }: Run): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ENOENT":
      return new ProviderError(
        `${file} could not be started: there is no such program${dir === undefined ? "" : `, or no directory ${dir}`}`,
      );
    case "E2BIG":
      return new ProviderError(
        `${file} could not be started: its environment is too large. What the last run printed is part of it ` +
          "(PULUMI_COMMAND_STDOUT and _STDERR, at most 128 KiB each); set addPreviousOutputInEnv to false to leave it out",
      );
    default:
      return error;
  }
}

/** Programs that would outlive this plugin otherwise, for they are in process groups of their own. */
const running = new Set<ChildProcess>();

function endGroup(child: ChildProcess): void {
  signalGroup(child, "SIGTERM");
  const timer = setTimeout(() => {
    signalGroup(child, "SIGKILL");
  }, graceMs);
  child.once("close", () => {
    clearTimeout(timer);
  });
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The whole group has ended.
  }
}

process.once("exit", () => {
  for (const child of running) signalGroup(child, "SIGKILL");
});
// Without a listener these would end the plugin without an "exit".
for (const [signal, status] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const) {
  process.once(signal, () => process.exit(status));
}
