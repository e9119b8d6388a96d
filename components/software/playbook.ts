import { execa } from "execa";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stackDirectory } from "../../providers/kit/stateDirectory.ts";
import { ansibleDirectory } from "./ansible.ts";
import { endProcessTree } from "./processTree.ts";

/** The machine that a playbook runs on. */
export interface Target {
  stack: string;
  machine: string;
  address: string;
}

export interface PlaybookOptions {
  /** Gets each line as it is printed. */
  onLine?: (line: string) => void;
  /** Ends Ansible, which is a failure. */
  signal?: AbortSignal;
}

/**
 * A machine's whole software takes under 2 minutes, 5 with Kubernetes, under emulation; an upgrade over one minor version 6 to
 * 20. A run that takes longer than two of those hangs.
 */
const limitMs = 60 * 60_000;

/**
 * Runs a playbook of ansible/ on one machine. What it prints is shown on standard error.
 *
 * @param what for the message, for example "roles base, mqtt".
 * @throws Error when it fails.
 */
export async function runPlaybook(
  { stack, machine, address }: Target,
  playbook: string,
  variables: Record<string, unknown>,
  what: string,
  { onLine, signal }: PlaybookOptions = {},
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "strata-phase-"));
  try {
    const variablesFile = join(directory, "variables.json");
    await writeFile(variablesFile, JSON.stringify(variables), { mode: 0o600 });
    const inventory = join(directory, "inventory");
    await writeFile(inventory, `${machine} ansible_host=${address} ansible_user=root\n`);
    const listen = function* (line: unknown) {
      onLine?.(String(line));
      yield line;
    };
    const running = execa(
      "ansible-playbook",
      ["--inventory", inventory, "--extra-vars", `@${variablesFile}`, join(ansibleDirectory, playbook)],
      {
        env: {
          ANSIBLE_CONFIG: join(ansibleDirectory, "ansible.cfg"),
          ANSIBLE_SSH_ARGS: `-F ${join(stackDirectory(stack), "ssh_config")}`,
          ANSIBLE_FORCE_COLOR: "0",
          // Debian's Ansible warns when the locale is not UTF-8.
          LC_ALL: "C.UTF-8",
        },
        stdin: "ignore",
        stdout: [listen, process.stderr],
        stderr: process.stderr,
        buffer: false,
        reject: false,
      },
    );
    const end = () => {
      if (running.pid !== undefined) endProcessTree(running.pid);
    };
    const tooLate = AbortSignal.timeout(limitMs);
    const ended = AbortSignal.any(signal === undefined ? [tooLate] : [tooLate, signal]);
    ended.addEventListener("abort", end);
    if (ended.aborted) end();
    const result = await running;
    ended.removeEventListener("abort", end);
    if (result.failed) throw new Error(`${machine}: ${failure(result, what, tooLate.aborted)}`);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

interface Ended {
  exitCode?: number;
  signal?: string;
  shortMessage?: string;
}

function failure({ exitCode, signal, shortMessage }: Ended, what: string, tooLate: boolean): string {
  if (tooLate) return `Ansible did not finish ${what} within ${limitMs / 60_000} minutes`;
  if (signal !== undefined) return `Ansible was ended by ${signal} in ${what}`;
  if (exitCode === undefined) {
    return `ansible-playbook could not be started (${shortMessage ?? "unknown reason"}); run ./strata setup`;
  }
  return `Ansible ended with status ${exitCode} in ${what}; the failed task stands above`;
}
