import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { embeddedHost } from "../../local/embeddedHost.ts";

/** Programs that a testbed starts, and that outlive the command that did. */
const programs =
  /qemu-system-|libvirtd|virtlogd|host\/boundedLog\.sh|dnsmasq|socat|artifacts\/serve\/main\.ts|access\/tunnel\.sh/;

/**
 * What the testbeds of a state directory have left on the host: network namespace, processes, mounts, directories. What
 * others have there, or start meanwhile, is not looked at.
 */
export function leftoversOf(state: string): string[] {
  const { runDirectory, dataDirectory } = hostOf(state);
  const theirs = marksOf(state);
  return [
    ...linesOf("ip", "netns", "list").filter(theirs),
    ...processesOf(state),
    ...readFileSync("/proc/mounts", "utf8").split("\n").filter(theirs),
    ...[runDirectory, dataDirectory].filter((path) => existsSync(path)),
  ];
}

/** Command lines, each after its process id, of what its testbeds run. */
export function processesOf(state: string): string[] {
  // A zombie has ended; where nothing reaps orphans, it stays listed.
  return linesOf("ps", "-eo", "stat=,pid=,args=")
    .filter((line) => !line.startsWith("Z"))
    .map((line) => line.replace(/^\S+\s+/, ""))
    .filter((line) => programs.test(line))
    .filter(marksOf(state));
}

/** Whether something names what belongs to that state directory alone. */
function marksOf(state: string): (line: string) => boolean {
  const { namespace, runDirectory, dataDirectory } = hostOf(state);
  return (line) => [state, namespace, runDirectory, dataDirectory].some((mark) => line.includes(mark));
}

function hostOf(state: string): ReturnType<typeof embeddedHost> {
  const before = process.env.STRATA_STATE;
  process.env.STRATA_STATE = state;
  try {
    return embeddedHost();
  } finally {
    if (before === undefined) delete process.env.STRATA_STATE;
    else process.env.STRATA_STATE = before;
  }
}

function linesOf(command: string, ...args: string[]): string[] {
  return execFileSync(command, args, { encoding: "utf8" })
    .split("\n")
    .filter((line) => line !== "");
}
