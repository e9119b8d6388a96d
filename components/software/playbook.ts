import { execa } from "execa";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { shellWord } from "../../providers/kit/plain/shellWord.ts";
import { printable } from "../../providers/kit/plain/printable.ts";
import { withTemporaryDirectory } from "../../providers/kit/plain/privateDirectory.ts";
import { stackDirectory } from "../../local/stateDirectory.ts";
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
 * Against hanging alone, as every task has a limit of its own: so long without a line. The longest that says nothing waits
 * for another machine's upgrade, which emulation makes hours of.
 */
const silenceLimitMs = 3 * 3_600_000;

/**
 * Runs a playbook of ansible/ on one machine. What it prints is shown on standard error.
 *
 * @param what for the message, for example "roles base, containerd".
 * @throws Error when it fails.
 */
export async function runPlaybook(
  { stack, machine, address }: Target,
  playbook: string,
  variables: Record<string, unknown>,
  what: string,
  { onLine, signal }: PlaybookOptions = {},
): Promise<void> {
  await withTemporaryDirectory("strata-phase-", async (directory) => {
    const variablesFile = join(directory, "variables.json");
    await writeFile(variablesFile, JSON.stringify(variables), { mode: 0o600 });
    const inventory = join(directory, "inventory");
    // Who logs in says ssh's configuration.
    await writeFile(inventory, `${machine} ansible_host=${address}\n`);
    const silence = new AbortController();
    const timer = setTimeout(() => {
      silence.abort();
    }, silenceLimitMs);
    // Some of it the machine has said.
    const show = function* (line: unknown) {
      yield printable(String(line));
    };
    const listen = function* (line: unknown) {
      timer.refresh();
      onLine?.(printable(String(line)));
      yield* show(line);
    };
    const running = execa(
      "ansible-playbook",
      ["--inventory", inventory, "--extra-vars", `@${variablesFile}`, join(ansibleDirectory, playbook)],
      {
        env: {
          ANSIBLE_CONFIG: join(ansibleDirectory, "ansible.cfg"),
          // Taken apart as a shell does.
          ANSIBLE_SSH_ARGS: `-F ${shellWord(join(stackDirectory(stack), "ssh_config"))}`,
          ANSIBLE_FORCE_COLOR: "0",
          // Debian's Ansible warns when the locale is not UTF-8.
          LC_ALL: "C.UTF-8",
        },
        stdin: "ignore",
        stdout: [listen, process.stderr],
        stderr: [show, process.stderr],
        buffer: false,
        reject: false,
      },
    );
    const end = () => {
      if (running.pid !== undefined) endProcessTree(running.pid);
    };
    const ended = AbortSignal.any(signal === undefined ? [silence.signal] : [silence.signal, signal]);
    ended.addEventListener("abort", end);
    if (ended.aborted) end();
    const result = await running;
    clearTimeout(timer);
    ended.removeEventListener("abort", end);
    if (result.failed) throw new Error(`${machine}: ${failure(result, what, silence.signal.aborted)}`);
  });
}

interface Ended {
  exitCode?: number;
  signal?: string;
  shortMessage?: string;
}

function failure({ exitCode, signal, shortMessage }: Ended, what: string, silent: boolean): string {
  if (silent) return `Ansible was ended in ${what}: it said nothing for ${silenceLimitMs / 3_600_000} hours`;
  if (signal !== undefined) return `Ansible was ended by ${signal} in ${what}`;
  if (exitCode === undefined) {
    return `ansible-playbook could not be started (${shortMessage ?? "unknown reason"}); run ./strata setup`;
  }
  return `Ansible ended with status ${exitCode} in ${what}; the failed task stands above`;
}
