import { seededRandom } from "../../benchmarks/metrics/random.ts";
import { isEngine, processesWith, signalAll, type Found } from "./killProcesses.ts";
import type { Finished, Sandbox } from "./strata.ts";
import { until } from "./until.ts";

const signals = ["SIGINT", "SIGHUP", "SIGTERM", "SIGKILL"] as const;

/** Whom the signal is sent to: the command's process group, as a terminal does it, every process, or one. */
const targets = {
  group: undefined,
  all: () => true,
  strata: (command: string) => /\/cli\/main\.ts /.test(command),
  engine: isEngine,
  "language host": (command: string) => command.includes("language-host") || command.includes("pulumi-language-nodejs"),
  program: (command: string) => command.includes("cmd/run/index.js"),
  plugin: (command: string) => /providers\/\w+\/main\.ts/.test(command),
} as const;

type Target = keyof typeof targets;

/** One kill: what, whom, and at which part of the time that the command takes undisturbed. */
export interface Kill {
  args: string[];
  signal: (typeof signals)[number];
  target: Target;
  moment: number;
}

/** Seeded kills of commands, each signal, target and command about as often as another. */
export function seededKills(seed: number, count: number, commands: readonly string[][]): Kill[] {
  const next = seededRandom(seed);
  const one = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)]!;
  return Array.from({ length: count }, () => ({
    args: one(commands),
    signal: one(signals),
    target: one(Object.keys(targets) as Target[]),
    moment: next(),
  }));
}

export const wordsOf = ({ args, signal, target, moment }: Kill): string =>
  `strata ${args.join(" ")}: ${signal} to ${target} after ${Math.round(moment * 100)} %`;

export interface Killed extends Finished {
  /** Processes that the signal reached. */
  reached: number;
  /** When it was sent, ms after the command's start. */
  afterMs: number;
}

/**
 * Runs a command and sends the signal. A process that is not there yet, or only at times, is waited for; a command that has
 * ended before is none that was killed.
 */
export async function runAndKill(sandbox: Sandbox, kill: Kill, usualMs: number): Promise<Killed> {
  const isMeant = targets[kill.target];
  const begun = performance.now();
  const running = sandbox.startGroup("strata", ...kill.args);
  let ended = false;
  const finished = running.then((result) => {
    ended = true;
    return result;
  });
  await new Promise((resolve) => setTimeout(resolve, kill.moment * usualMs));
  const meant = (): Found[] => ownProcesses(sandbox).filter(({ command }) => isMeant?.(command));
  let reached = 0;
  await until(
    `${kill.target} of ${kill.args.join(" ")}`,
    10 * 60_000,
    () => {
      if (ended) return true;
      if (isMeant !== undefined) reached = signalAll(meant(), kill.signal);
      else reached = signalAll([{ pid: -(running.pid ?? 0), command: "" }], kill.signal);
      return reached > 0;
    },
    20,
  );
  const afterMs = performance.now() - begun;
  const { exitCode, stdout, all } = await finished;
  return { exitCode, stdout, all, reached, afterMs };
}

/** What runs for the sandbox and is no part of a testbed that stays up: it ends with the command, or soon after. */
export function ownProcesses({ state }: Sandbox): Found[] {
  const stays = /libvirtd|qemu-system|dnsmasq|virtlogd|boundedLog|^dd |socat|artifacts\/serve|ssh: |^ssh |tunnel\.sh/;
  return processesWith(`STRATA_STATE=${state}`).filter(({ command }) => command !== "" && !stays.test(command));
}
