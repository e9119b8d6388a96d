import { execa, type Result } from "execa";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pulumiEnvironment } from "../../setup/environment.ts";

export const project = join(import.meta.dirname, "../..");

/** A state directory of its own for a test: its own keys, engine state and embedded host, beside any that exist. */
export class Sandbox {
  readonly state = mkdtempSync(join(tmpdir(), "strata-test-"));

  /** Runs `./strata` as a user would. */
  async strata(...args: string[]): Promise<Result> {
    return execa(join(project, "strata"), args, { ...this.#options(), reject: false, all: true });
  }

  /** Runs `pulumi` on the project as a user would after `eval "$(./strata env)"`. */
  async pulumi(...args: string[]): Promise<Result> {
    process.env.STRATA_STATE = this.state;
    const env = { ...pulumiEnvironment(), STRATA_STATE: this.state };
    return execa("pulumi", [...args, "--non-interactive"], { ...this.#options(), env, reject: false, all: true });
  }

  /** Removes the testbeds that a failed test left, and the state. */
  async clean(...stacks: string[]): Promise<void> {
    for (const stack of stacks) await this.strata("destroy", stack, "--yes");
    rmSync(this.state, { recursive: true, force: true });
  }

  #options() {
    return { cwd: project, env: { STRATA_STATE: this.state, CI: "true" }, stdin: "ignore" } as const;
  }
}

/** What a testbed could leave on the host: namespaces, QEMU processes, private daemons, mounts and directories. */
export function leftovers(): string[] {
  const find = (command: string): string[] =>
    execFileSync("sh", ["-c", `${command} || true`], { encoding: "utf8" }).split("\n").filter((line) => line !== "");
  return [
    ...find("ip netns list | grep '^strata-'"),
    // A zombie has ended; where nothing reaps orphans, it stays listed.
    ...find("ps -eo stat=,args= | grep -E '^[^Z].*(qemu-system-|/strata/.*libvirtd|libvirtd .*strata)' | grep -v grep"),
    ...find("grep -E '/(run|var/lib)/strata' /proc/mounts"),
    ...find("ls -d /run/strata/* /var/lib/strata/* 2>/dev/null"),
  ];
}

/** Number of resources by operation, as `pulumi preview --json` and the engine's event log tell them. */
export function operations(previewJson: string): Record<string, number> {
  const { changeSummary } = JSON.parse(previewJson) as { changeSummary: Record<string, number> };
  return changeSummary;
}
