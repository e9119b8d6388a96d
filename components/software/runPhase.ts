// The command behind a machine's software resource: runs Ansible for the roles that changed since the last run.
// Standard output is one line of JSON, what the machine has now; Pulumi hands it back to the next run.
// What Ansible prints goes to standard error, so that it is shown and never compared. With the argument "undo" it takes
// back what the last run did.
import { join } from "node:path";
import { messageOf } from "../../providers/kit/plain/errors.ts";
import { recordPhase } from "../../local/phases.ts";
import { rollingUpdateFiles } from "../../local/rollingUpdateFiles.ts";
import { stackDirectory } from "../../local/stateDirectory.ts";
import { planPhaseRun, roleKeyPrefix, type PhaseRole, type PhaseRun } from "./phaseRun.ts";
import { runPlaybook, type Target } from "./playbook.ts";
import { RoleTimes } from "./roleTimes.ts";
import { RollingUpdate } from "./rollingUpdate.ts";
import { serialRoles, withPreconditions } from "./serial.ts";

try {
  process.stdout.write(`${JSON.stringify(await runPhase())}\n`);
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
}

/** @returns what the machine has afterwards, by role. */
async function runPhase(): Promise<Record<string, string>> {
  const target = {
    stack: required("STRATA_STACK"),
    machine: required("STRATA_MACHINE"),
    address: required("STRATA_ADDRESS"),
  };
  const wanted = process.argv[2] === "undo" ? [] : wantedRoles();
  const previous = previousOutput();
  const run = planPhaseRun(wanted, previous);
  if (run.apply.length === 0 && run.remove.length === 0) return run.applied;

  const serial = serialRoles(run, previous);
  if (serial.length === 0) await changeSoftware(target, run);
  else await changeRolling(target, run, serial);
  return run.applied;
}

function wantedRoles(): PhaseRole[] {
  return required("STRATA_ROLES")
    .split(" ")
    .map((role): PhaseRole => ({ role, ...(JSON.parse(required(roleKeyPrefix + role)) as Omit<PhaseRole, "role">) }));
}

/** Changes a machine on which something runs, as a part of a rolling update, once what must hold before then does. */
async function changeRolling(target: Target, run: PhaseRun, serial: string[]): Promise<void> {
  const update = new RollingUpdate(rollingUpdateFiles(target.stack), target.machine);
  const roles = withPreconditions(serial);
  if (roles.length > 0) {
    const variables = { ...variablesOf(run), strata_roles: roles };
    await update.before((signal) =>
      runPlaybook(target, "before.yml", variables, `what precedes ${names(roles)}`, { signal }),
    );
  }
  await update.change(() => changeSoftware(target, run));
}

async function changeSoftware(target: Target, run: PhaseRun): Promise<void> {
  const roles = run.apply.map(({ role }) => role);
  const times = new RoleTimes(roles);
  const variables = {
    ...variablesOf(run),
    strata_roles: roles,
    strata_removed_roles: run.remove,
    strata_passwords: join(stackDirectory(target.stack), "passwords"),
  };
  await runPlaybook(target, "phase.yml", variables, names([...run.remove, ...roles]), {
    onLine: (line) => {
      times.line(line, Date.now());
    },
  });
  for (const { role, startMs, seconds } of times.end(Date.now())) {
    await recordPhase(target.stack, { phase: role, machine: target.machine, startMs, seconds });
  }
}

// Functions, as they are called before the end of this file is reached.
function variablesOf(run: PhaseRun): Record<string, unknown> {
  return Object.fromEntries(run.apply.flatMap((role) => Object.entries(role.variables)));
}

function names(roles: string[]): string {
  return `roles ${roles.join(", ")}`;
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
