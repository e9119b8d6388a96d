// The command behind a machine's software resource: runs Ansible for the roles that changed since the last run.
// Standard output is one line of JSON, what the machine has now; Pulumi hands it back to the next run.
// What Ansible prints goes to standard error, so that it is shown and never compared.
import { execa } from "execa";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stackDirectory } from "../../providers/kit/stateDirectory.ts";
import { roleKeyPrefix } from "./roleKey.ts";
import { planPhaseRun, type PhaseRole, type PhaseRun } from "./phaseRun.ts";

const ansibleDirectory = join(import.meta.dirname, "../../ansible");

/** A machine's whole software, emulated CPU included, takes under 2 minutes; a run that takes longer hangs. */
const limitMs = 15 * 60_000;

try {
  process.stdout.write(`${JSON.stringify(await runPhase())}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

/** @returns what the machine has afterwards, by role. */
async function runPhase(): Promise<Record<string, string>> {
  const wanted = required("STRATA_ROLES")
    .split(" ")
    .filter((role) => role !== "")
    .map((role): PhaseRole => ({ role, ...(JSON.parse(required(roleKeyPrefix + role)) as Omit<PhaseRole, "role">) }));
  const run = planPhaseRun(wanted, previousOutput());
  if (run.apply.length > 0 || run.remove.length > 0) await playbook(run);
  return run.applied;
}

async function playbook(run: PhaseRun): Promise<void> {
  const stack = required("STRATA_STACK");
  const machine = required("STRATA_MACHINE");
  const variables = {
    strata_roles: run.apply.map(({ role }) => role),
    strata_removed_roles: run.remove,
    strata_passwords: join(stackDirectory(stack), "passwords"),
    ...Object.fromEntries(run.apply.flatMap((role) => Object.entries(role.variables))),
  };
  const directory = await mkdtemp(join(tmpdir(), "strata-phase-"));
  try {
    const variablesFile = join(directory, "variables.json");
    await writeFile(variablesFile, JSON.stringify(variables), { mode: 0o600 });
    const inventory = join(directory, "inventory");
    await writeFile(inventory, `${machine} ansible_host=${required("STRATA_ADDRESS")} ansible_user=root\n`);
    const result = await execa(
      "ansible-playbook",
      ["--inventory", inventory, "--extra-vars", `@${variablesFile}`, join(ansibleDirectory, "phase.yml")],
      {
        env: {
          ANSIBLE_CONFIG: join(ansibleDirectory, "ansible.cfg"),
          ANSIBLE_SSH_ARGS: `-F ${join(stackDirectory(stack), "ssh_config")}`,
          ANSIBLE_FORCE_COLOR: "0",
          // Debian's Ansible warns when the locale is not UTF-8.
          LC_ALL: "C.UTF-8",
        },
        stdin: "ignore",
        stdout: process.stderr,
        stderr: process.stderr,
        timeout: limitMs,
        reject: false,
      },
    );
    if (result.failed) throw new Error(`${machine}: ${failure(result, run)}`);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function failure(result: { timedOut: boolean; exitCode?: number; shortMessage?: string }, run: PhaseRun): string {
  const roles = run.apply.map(({ role }) => role).join(", ");
  if (result.timedOut) return `Ansible did not finish roles ${roles} within ${limitMs / 60_000} minutes`;
  if (result.exitCode === undefined) {
    return `ansible-playbook could not be started (${result.shortMessage ?? "unknown reason"}); run ./strata setup`;
  }
  return `Ansible ended with status ${result.exitCode} in roles ${roles}; the failed task stands above`;
}

function previousOutput(): Record<string, string> {
  const text = process.env.PULUMI_COMMAND_STDOUT ?? "";
  const line = text.trim().split("\n").at(-1) ?? "";
  return line.startsWith("{") ? (JSON.parse(line) as Record<string, string>) : {};
}

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`environment variable ${name} is missing; this script is run by pulumi up`);
  return value;
}
