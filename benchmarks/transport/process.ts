import { execa, type ResultPromise } from "execa";
import { RemoteError } from "./transport.ts";
import type { Conversation, Machine, RemoteOptions, Served } from "./transport.ts";

/** What a command may print, in bytes: a machine decides it, and it is this host's memory. */
const mostBytes = 16 * 2 ** 20;
/** And its first line, in characters. */
const longestLine = 64 * 1024;

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
    maxBuffer: options.mostBytes ?? mostBytes,
  });
  options.signal?.throwIfAborted();
  if (!result.failed) return result.stdout;
  const how = result.isMaxBuffer
    ? `printed more than ${Number(((options.mostBytes ?? mostBytes) / 2 ** 20).toPrecision(3))} MiB, and was cut off`
    : result.timedOut
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
  const child = execa(file, args, {
    input: options.input ?? "",
    maxBuffer: mostBytes,
    reject: false,
    cancelSignal: options.signal,
  });
  const stop = (): void => {
    child.kill("SIGTERM");
  };
  try {
    return { firstLine: await firstLineOf(child, machine, options), stop };
  } catch (error) {
    stop();
    throw error;
  }
}

/** Starts a command line of this host that goes on and listens, and waits for its first line. @throws RemoteError */
export async function converseFor(
  machine: Machine,
  commandLine: readonly string[],
  options: RemoteOptions,
): Promise<Conversation> {
  const [file = "", ...args] = commandLine;
  // Detached as in runFor: what it does shall be undone in order, after Ctrl-C too.
  const child = execa(file, args, { stdin: "pipe", maxBuffer: mostBytes, reject: false, detached: true });
  // It may end at any time; its end is what tells.
  child.stdin.on("error", () => undefined);
  child.stdin.write(options.input ?? "");
  try {
    const firstLine = await firstLineOf(child, machine, options);
    return {
      firstLine,
      say: (text) => {
        child.stdin.write(text);
      },
      end: async (limitMs) => {
        child.stdin.end();
        const timer = setTimeout(() => child.kill("SIGTERM"), limitMs);
        const result = await child;
        clearTimeout(timer);
        if (result.exitCode === 0) return result.stdout.slice(firstLine.length + 1);
        const how = result.signal ? `did not end within ${limitMs / 1000} s` : `status ${result.exitCode ?? "none"}`;
        throw new RemoteError(machine, options.what, how, result.stderr);
      },
    };
  } catch (error) {
    child.stdin.end();
    child.kill("SIGTERM");
    throw error;
  }
}

type Child = Pick<ResultPromise<{ reject: false }>, "stdout" | "then">;

async function firstLineOf(child: Child, machine: Machine, { what, limitMs, signal }: RemoteOptions): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  let abort = (): void => undefined;
  try {
    return await new Promise<string>((resolve, reject) => {
      let text = "";
      timer = setTimeout(() => {
        reject(new RemoteError(machine, what, `said nothing within ${limitMs / 1000} s`));
      }, limitMs);
      abort = () => {
        reject(new DOMException("interrupted", "AbortError"));
      };
      signal?.addEventListener("abort", abort);
      child.stdout.on("data", (chunk: Buffer) => {
        if (text.length > longestLine || text.includes("\n")) return;
        text += chunk.toString();
        const end = text.indexOf("\n");
        if (end >= 0) resolve(text.slice(0, end));
        else if (text.length > longestLine) reject(new RemoteError(machine, what, "its first line does not end"));
      });
      void child.then((result) => {
        reject(new RemoteError(machine, what, `ended with status ${result.exitCode ?? "none"}`, result.stderr));
      });
    });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}
