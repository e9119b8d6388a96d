import { execa } from "execa";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { onEndSignal } from "../../local/endSignals.ts";
import { heldLocks } from "../../local/lock.ts";
import { environmentOfEngine, pulumiEnvironment } from "../../setup/pulumi/environment.ts";
import { backendFolder } from "../../setup/pulumi/fileBackend.ts";
import { mendAttributes, storedStacks } from "./engineState.ts";
import { inGuard, tellGuarded } from "./guard.ts";
import { Relay, type Sink } from "./relay.ts";
import { interrupted } from "../terminal/reportError.ts";
import { withTemporaryFiles } from "./temporaryFiles.ts";

export const projectDirectory = join(import.meta.dirname, "../..");

/**
 * Runs the Pulumi engine on this project as if typed by hand. What ends this process from outside
 * (Ctrl-C, SIGTERM, a closed terminal) has the engine end its operation in order, and so does this process's own death.
 *
 * @param variables what its environment has beside the usual.
 * @param output where what it prints goes; this process's standard output. The engine's errors go to standard error in any case.
 * @returns the engine's exit status; that of an interrupted command where such a signal made it fail.
 */
export async function runPulumi(
  args: string[],
  variables: Record<string, string> = {},
  output?: Sink,
): Promise<number> {
  const options = engineOptions();
  return withTemporaryFiles(async (directory) => {
    const env = { ...options.env, TMPDIR: directory, ...variables };
    const relays = [output ?? process.stdout, process.stderr].map((to, index) =>
      "isTTY" in to && to.isTTY ? undefined : new Relay(join(directory, `.output-${index}`), to),
    );
    // A session of its own: else a closed terminal would end the engine at once, with its lock left and operations of
    // which nobody knows how they ended, and Ctrl-C would reach it twice.
    const [command, ...guarded] = inGuard(["pulumi", ...args]);
    const engine = spawn(command, guarded, {
      cwd: options.cwd,
      env: { ...process.env, ...env },
      detached: true,
      stdio: ["inherit", relays[0]?.input ?? 1, relays[1]?.input ?? 2, ...heldLocks()],
    });
    const signals = passOnSignals((signal) => {
      tellGuarded(engine, signal);
    });
    try {
      const [status] = (await once(engine, "exit")) as [number | null];
      return signals.passedOn() && status !== 0 ? interrupted : (status ?? 1);
    } finally {
      signals.release();
      for (const relay of relays) relay?.end();
    }
  });
}

/** A wrapper such as npm sends what the terminal has sent already. */
const sameSignalMs = 500;

/** The engine ends in order when it is told once, and at once when it is told again: that is for Ctrl-C alone. */
function passOnSignals(tell: (signal: "SIGINT") => void): { release: () => void; passedOn: () => boolean } {
  let told: number | undefined;
  const release = onEndSignal((signal) => {
    const now = performance.now();
    if (told !== undefined && (signal !== "SIGINT" || now - told < sameSignalMs)) return;
    told = now;
    tell("SIGINT");
  });
  return { release, passedOn: () => told !== undefined };
}

/**
 * Runs the engine and returns what it prints.
 *
 * @throws Error with the engine's own words when it fails.
 */
export async function pulumiOutput(args: string[], input?: string): Promise<string> {
  const stdin = input === undefined ? ({ stdin: "ignore" } as const) : { input };
  const result = await execa("pulumi", [...args, "--non-interactive"], { ...engineOptions(), ...stdin });
  if (result.exitCode !== 0) {
    throw new Error(
      `pulumi ${args.slice(0, 2).join(" ")}: ${(result.stderr || result.stdout || result.shortMessage || "failed").trim()}`,
    );
  }
  return result.stdout;
}

/** Folder of the engine's state; undefined where its backend is not one of files, or there is no engine yet. */
export function engineFolder(): string | undefined {
  const environment = environmentOfEngine();
  return environment && backendFolder({ ...process.env, ...environment });
}

function engineOptions() {
  const env = pulumiEnvironment();
  const folder = backendFolder({ ...process.env, ...env });
  if (folder !== undefined) mendAttributes(folder);
  return { cwd: projectDirectory, env, reject: false } as const;
}

/** Makes the stack when it is not there yet. */
export async function ensureStack(stack: string): Promise<void> {
  const names = await stackNames();
  if (!names.includes(stack)) await pulumiOutput(["stack", "init", stack, "--no-select"]);
}

/** Names of the stacks that exist, sorted. The engine would read all their states for them, and one that is damaged ends that. */
export async function stackNames(): Promise<string[]> {
  const { env } = engineOptions();
  const folder = backendFolder({ ...process.env, ...env });
  const stored = folder === undefined ? undefined : storedStacks(folder);
  if (stored !== undefined) return stored;
  const stacks = JSON.parse(await pulumiOutput(["stack", "ls", "--json"])) as { name: string }[];
  return stacks.map(({ name }) => name).sort();
}
