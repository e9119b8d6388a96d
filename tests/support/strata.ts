import { execa } from "execa";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const project = join(import.meta.dirname, "../..");

/** A command that ended. */
export interface Finished {
  exitCode: number | undefined;
  stdout: string;
  /** Standard output and standard error, as a terminal shows them. */
  all: string;
}

/** A state directory of its own for a test: its own keys, engine state and embedded host, beside any that exist. */
export class Sandbox {
  readonly state = mkdtempSync(join(tmpdir(), "strata-test-"));
  /** Where the kubernetes plugin leaves kubeconfigs, when it is started by plain `pulumi`. */
  readonly #temporary = mkdtempSync(join(this.state, "tmp-"));

  /** Runs `./strata`, or after `eval "$(./strata env)"` a command such as `pulumi`, as a user would. */
  async run(command: string, ...args: string[]): Promise<Finished> {
    const [file, words]: [string, string[]] =
      command === "strata"
        ? [join(project, "strata"), args]
        : ["sh", ["-c", 'eval "$(./strata env)" && exec "$@"', "sh", command, ...args]];
    const options = { cwd: project, env: this.environment, stdin: "ignore", reject: false, all: true } as const;
    const { exitCode, stdout, all } = await execa(file, words, options);
    return { exitCode, stdout, all };
  }

  /** As `run`. @throws Error with the failures and the end of what was printed, when the exit status is not 0. */
  async succeed(command: string, ...args: string[]): Promise<Finished> {
    const result = await this.run(command, ...args);
    if (result.exitCode !== 0) {
      const failures = result.all.split("\n").filter((line) => /\b(fatal|error):/.test(line));
      const words = [`${command} ${args.join(" ")}: exit status ${result.exitCode}`, ...failures.slice(0, 20), "..."];
      throw new Error([...words, result.all.slice(-6000)].join("\n"));
    }
    return result;
  }

  get environment(): Record<string, string> {
    return { STRATA_STATE: this.state, TMPDIR: this.#temporary, CI: "true", PULUMI_SKIP_UPDATE_CHECK: "true" };
  }

  /** Removes the testbeds that a failed test left, and the state. */
  async clean(...stacks: string[]): Promise<void> {
    for (const stack of stacks) {
      await this.run("pulumi", "cancel", "--stack", stack, "--yes");
      await this.run("strata", "destroy", stack, "--yes");
    }
    rmSync(this.state, { recursive: true, force: true });
  }
}

/** What a testbed could leave on the host: namespaces, QEMU processes, private daemons, forwards, mirrors, mounts and directories. */
export function leftovers(): string[] {
  const find = (command: string): string[] =>
    execFileSync("sh", ["-c", `${command} || true`], { encoding: "utf8" })
      .split("\n")
      .filter((line) => line !== "");
  return [
    ...find("ip netns list | grep '^strata-'"),
    // A zombie has ended; where nothing reaps orphans, it stays listed.
    ...find("ps -eo stat=,args= | grep -E '^[^Z].*(qemu-system-|libvirtd .*strata)' | grep -v grep"),
    ...find(
      "ps -eo stat=,args= | grep -E '^[^Z].*(netns/strata-[0-9a-f]{6} socat|artifacts/serve/main.ts|access/tunnel.sh)' | grep -v grep",
    ),
    ...find("grep -E ' /(run|var/lib)/strata' /proc/mounts"),
    ...find("ls -d /run/strata/* /var/lib/strata/* 2>/dev/null"),
  ];
}

/** Number of resources by what happened to them, as the end of `pulumi up` says: `{ updated: 4, unchanged: 33 }`. */
export function summaryOf(output: string): Record<string, number> {
  const [, summary = ""] = output.split(/^Resources:$/m);
  const counts = [...summary.matchAll(/^ +(?:[-+~]+ )?(\d+) (created|updated|replaced|deleted|unchanged|errored)/gm)];
  return Object.fromEntries(counts.map(([, count, what]) => [what ?? "", Number(count)]));
}
