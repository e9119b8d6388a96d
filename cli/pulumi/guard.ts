import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";

/** A signal to the shell is none to its command; the shell must not become its command either. */
const script = 'trap : INT TERM HUP; "$@"; exit $?';

/** How soon after its start the shell is asked again for its command. */
const intervalMs = 20;

/**
 * A command that is told to end (SIGINT), once, when this process dies. The kernel says it when the thread ends that has
 * started a child, and again when the next thread does that the child is left to: Node.js has a dozen, and an engine that
 * is told twice ends in the middle of its work. So a shell is between them, of one thread, which may die by several.
 */
export function inGuard(command: readonly string[]): [string, ...string[]] {
  const onDeath = (signal: "KILL" | "INT"): [string, ...string[]] => ["setpriv", "--pdeathsig", signal];
  return [...onDeath("KILL"), "sh", "-c", script, "sh", ...onDeath("INT"), ...command];
}

/** Sends a signal to the command in the shell; as soon as there is one. */
export function tellGuarded(shell: ChildProcess, signal: NodeJS.Signals): void {
  if (shell.exitCode !== null || shell.signalCode !== null) return;
  const commands = childrenOf(shell.pid);
  for (const pid of commands) {
    try {
      process.kill(pid, signal);
    } catch {
      // It ended in between.
    }
  }
  if (commands.length === 0) setTimeout(tellGuarded, intervalMs, shell, signal);
}

function childrenOf(pid: number | undefined): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
    return children.split(" ").filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
