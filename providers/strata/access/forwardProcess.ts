import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { ProviderError } from "../../kit/errors.ts";
import { listens, processesWith, processesWithPrefix, startDetached } from "../host/detached.ts";
import { namespacePath } from "../host/namespace.ts";
import { endProcesses } from "../host/processes.ts";
import type { ForwardInputs } from "./forwardInputs.ts";

/** A forward into a network namespace: a listener on the host's loop-back interface, one child a connection. */
export interface NamespaceForward {
  namespace: string;
  target: string;
}

const loopback = "127.0.0.1";
/** Below the ports that the kernel gives to outgoing connections (32768 and up). */
const firstPort = 20_000;
const ports = 10_000;
const startLimitMs = 10_000;

/** The forward that inputs ask for; undefined where the host reaches the target itself. */
export function forwardOf({ namespace, target }: ForwardInputs): NamespaceForward | undefined {
  return namespace === undefined ? undefined : { namespace, target };
}

/**
 * The child's command, and what a forward's processes are known by: namespace and target are one checkout's and one
 * stack's own. A half-closed connection stays open for a while (-t): the other half may still be answering.
 */
function connection({ namespace, target }: NamespaceForward): string {
  const [host, port] = target.split(":");
  return `${into(namespace)}socat -t 30 STDIO TCP4\\:${host}\\:${port}`;
}

const into = (namespace: string): string => `EXEC:nsenter --net=${namespacePath(namespace)} `;

/** The address that a running forward listens at; undefined if none does. */
export function forwardAddress(forward: NamespaceForward): string | undefined {
  for (const pid of processesWith(connection(forward))) {
    const port = listenerPort(pid);
    if (port !== undefined && listens(pid, loopback, port)) return `${loopback}:${port}`;
  }
  return undefined;
}

function listenerPort(pid: number): number | undefined {
  try {
    const [, port] = /TCP4-LISTEN:(\d+),/.exec(readFileSync(`/proc/${pid}/cmdline`, "utf8")) ?? [];
    return port === undefined ? undefined : Number(port);
  } catch {
    return undefined;
  }
}

/** Starts a forward unless it runs, at the port that it had if that is free. */
export async function startForward(
  stack: string,
  forward: NamespaceForward,
  before: string | undefined,
  signal: AbortSignal,
): Promise<string> {
  const running = forwardAddress(forward);
  if (running !== undefined) return running;
  // A dead listener's connections would only hold its port.
  await endForward(forward);
  for (const port of candidatePorts(stack, forward.target, before)) {
    if (listens("self", loopback, port) || listens("self", "0.0.0.0", port)) continue;
    const listener = `TCP4-LISTEN:${port},bind=${loopback},fork,reuseaddr`;
    try {
      const args = ["-t", "30", listener, connection(forward)];
      await startDetached({ command: "socat", args, address: loopback, port, environment: {} }, startLimitMs, signal);
      return `${loopback}:${port}`;
    } catch (error) {
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

function refusal({ namespace, target }: NamespaceForward, error: unknown): ProviderError {
  const reason = error instanceof Error ? error.message : String(error);
  const fix = reason.includes("ENOENT") ? "; install the package socat, or run ./strata setup" : "";
  return new ProviderError(
    `${target} in network namespace ${namespace} can't be forwarded to this host: ${reason}${fix}`,
  );
}

/** Ends the listener and every connection through it. */
export async function endForward(forward: NamespaceForward): Promise<void> {
  await endProcesses(processesWith(connection(forward)), 3000);
}

/** Ends all forwards into a namespace, whichever stack has made them. */
export async function endForwards(namespace: string): Promise<void> {
  await endProcesses(processesWithPrefix(into(namespace)), 3000);
}
