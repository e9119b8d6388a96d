import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { messageOf, ProviderError } from "../../kit/plain/errors.ts";
import { listens, processesWith, processesWithPrefix, startDetached } from "../process/detached.ts";
import { namespacePath } from "../process/namespace.ts";
import { endProcesses } from "../process/processes.ts";
import type { ForwardInputs } from "./forwardInputs.ts";
import { tunnelCommand, tunnelEnvironment, tunnelProcesses } from "./tunnelProcess.ts";

/** A listener on this host's loop-back interface that leads to a target. */
export interface LocalForward {
  target: string;
  /** For messages: "in network namespace strata-7ac138". */
  where: string;
  /** All its processes, connections included. */
  processes: () => number[];
  /** Finds the port among the arguments of the process that listens. */
  port: RegExp;
  command: (port: number) => string[];
}

const loopback = "127.0.0.1";
/** Below the ports that the kernel gives to outgoing connections (32768 and up). */
const firstPort = 20_000;
const ports = 10_000;
/** ssh may have to open the way to a host and to an emulated machine first. */
const startLimitMs = 30_000;

/** The forward that inputs ask for; undefined where the host reaches the target itself. */
export function forwardOf({ stack, namespace, through, target }: ForwardInputs): LocalForward | undefined {
  if (through !== undefined) return throughMachine(stack, through, target);
  return namespace === undefined ? undefined : intoNamespace(namespace, target);
}

/**
 * socat listens, with one child a connection. The child's command is what the processes are known by: namespace and target
 * are one checkout's and one stack's own. A half-closed connection stays open for a while (-t): the other half may still be
 * answering.
 */
function intoNamespace(namespace: string, target: string): LocalForward {
  const [host, port] = target.split(":");
  const child = `${into(namespace)}socat -t 30 STDIO TCP4\\:${host}\\:${port}`;
  return {
    ...{ target, where: `in network namespace ${namespace}`, port: /TCP4-LISTEN:(\d+),/ },
    processes: () => processesWith(child),
    command: (own) => ["socat", "-t", "30", `TCP4-LISTEN:${own},bind=${loopback},fork,reuseaddr`, child],
  };
}

const into = (namespace: string): string => `EXEC:nsenter --net=${namespacePath(namespace)} `;

/** ssh listens, and a machine makes the connections. */
function throughMachine(stack: string, address: string, target: string): LocalForward {
  const way = { stack, address, direction: "-L" } as const;
  const port = new RegExp(`127\\.0\\.0\\.1:(\\d+):${target.replaceAll(".", "\\.")}`);
  return {
    ...{ target, where: `through ${address}`, port },
    processes: () => tunnelProcesses(way, port),
    command: (own) => tunnelCommand({ ...way, forward: `${loopback}:${own}:${target}` }),
  };
}

/** The address that a running forward listens at; undefined if none does. */
export function forwardAddress(forward: LocalForward): string | undefined {
  for (const pid of forward.processes()) {
    const port = listenerPort(pid, forward);
    if (port !== undefined && listens(pid, loopback, port)) return `${loopback}:${port}`;
  }
  return undefined;
}

function listenerPort(pid: number, { port }: LocalForward): number | undefined {
  try {
    const [, found] = port.exec(readFileSync(`/proc/${pid}/cmdline`, "utf8")) ?? [];
    return found === undefined ? undefined : Number(found);
  } catch {
    return undefined;
  }
}

/** Starts a forward unless it runs, at the port that it had if that is free. */
export async function startForward(
  stack: string,
  forward: LocalForward,
  before: string | undefined,
  signal: AbortSignal,
): Promise<string> {
  const running = forwardAddress(forward);
  if (running !== undefined) return running;
  // A dead listener's connections would only hold its port.
  await endForward(forward);
  for (const port of candidatePorts(stack, forward.target, before)) {
    if (listens("self", loopback, port) || listens("self", "0.0.0.0", port)) continue;
    const at = `${loopback}:${port}`;
    const ready = (pid: number) => listens(pid, loopback, port);
    const [command = "", ...args] = forward.command(port);
    try {
      await startDetached({ command, args, at, ready, environment: tunnelEnvironment() }, startLimitMs, signal);
      return at;
    } catch (error) {
      await endForward(forward);
      signal.throwIfAborted();
      // Somebody else was quicker; another reason would hold for every port.
      if (!listens("self", loopback, port)) throw refusal(forward, error);
    }
  }
  throw new ProviderError(`no port from ${firstPort} to ${firstPort + ports - 1} of ${loopback} is free`);
}

/** The port that a forward had, then those from its own on: the same stack gets the same one again. */
export function* candidatePorts(stack: string, target: string, before?: string): Generator<number> {
  const [, old] = before?.split(":") ?? [];
  if (old !== undefined && before?.startsWith(`${loopback}:`)) yield Number(old);
  const first = createHash("sha256").update(`${stack} ${target}`).digest().readUInt32BE() % ports;
  for (let step = 0; step < ports; step++) yield firstPort + ((first + step) % ports);
}

function refusal({ target, where }: LocalForward, error: unknown): ProviderError {
  const reason = messageOf(error);
  const fix = reason.includes("ENOENT") ? "; install the package socat, or run ./strata setup" : "";
  return new ProviderError(`${target} ${where} can't be forwarded to this host: ${reason}${fix}`);
}

/** Ends the listener and every connection through it. */
export async function endForward(forward: LocalForward): Promise<void> {
  await endProcesses(forward.processes(), 3000);
}

/** Ends all forwards into a namespace, whichever stack has made them. */
export async function endForwards(namespace: string): Promise<void> {
  await endProcesses(processesWithPrefix(into(namespace)), 3000);
}
