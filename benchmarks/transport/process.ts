import { execa } from "execa";
import { RemoteError } from "./transport.ts";
import type { Machine, RemoteOptions, Served } from "./transport.ts";

/** Runs a command line of this host that acts on a machine. @throws RemoteError */
export async function runFor(
  machine: Machine,
  commandLine: readonly string[],
  options: RemoteOptions,
): Promise<string> {
  const [file = "", ...args] = commandLine;
  const result = await execa(file, args, {
    input: options.input ?? "",
    reject: false,
    timeout: options.limitMs,
    cancelSignal: options.signal,
    forceKillAfterDelay: 2000,
    // Out of the terminal's process group: Ctrl-C shall end the run, not the commands that then stop its remote parts.
    detached: true,
    stripFinalNewline: false,
    // Samples of hours at a high rate; execa's own limit cuts output silently off at 100 MB.
    maxBuffer: 1_000_000_000,
  });
  options.signal?.throwIfAborted();
  if (!result.failed) return result.stdout;
  const how = result.timedOut
    ? `did not end within ${options.limitMs / 1000} s`
    : `status ${result.exitCode ?? result.signal ?? result.shortMessage}`;
  throw new RemoteError(machine, options.what, how, result.stderr);
}

/** Starts a command line of this host that goes on, and waits for its first line. @throws RemoteError */
export async function serveFor(
  machine: Machine,
  commandLine: readonly string[],
  options: RemoteOptions,
): Promise<Served> {
  const [file = "", ...args] = commandLine;
  const child = execa(file, args, { input: options.input ?? "", reject: false, cancelSignal: options.signal });
  const stop = (): void => {
    child.kill("SIGTERM");
  };
  const line = new Promise<string>((resolve, reject) => {
    let text = "";
    const timer = setTimeout(() => {
      reject(new RemoteError(machine, options.what, `said nothing within ${options.limitMs / 1000} s`));
    }, options.limitMs);
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      const end = text.indexOf("\n");
      if (end < 0) return;
      clearTimeout(timer);
      resolve(text.slice(0, end));
    });
    void child.then((result) => {
      clearTimeout(timer);
      reject(new RemoteError(machine, options.what, `ended with status ${result.exitCode ?? "none"}`, result.stderr));
    });
  });
  try {
    return { firstLine: await line, stop };
  } catch (error) {
    stop();
    throw error;
  }
}
