import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { PhaseRun } from "./phaseRun.ts";
import { rolesDirectory } from "./ansible.ts";

/**
 * Roles of a run that must not change several machines at the same time: those whose meta/strata.yml says `serial: true`,
 * where the machine had the role before. On a machine that is new, nothing runs yet that others rely on.
 *
 * @param previous what the machine had before, by role.
 */
export function serialRoles(run: PhaseRun, previous: Record<string, string>, directory = rolesDirectory): string[] {
  return run.apply.map(({ role }) => role).filter((role) => role in previous && isSerial(join(directory, role)));
}

function isSerial(role: string): boolean {
  const file = join(role, "meta/strata.yml");
  if (!existsSync(file)) return false;
  return (parse(readFileSync(file, "utf8")) as { serial?: boolean } | null)?.serial === true;
}

/** Of these roles, those with something that must hold before the machine is changed: tasks/before.yml. */
export function withPreconditions(roles: string[], directory = rolesDirectory): string[] {
  return roles.filter((role) => existsSync(join(directory, role, "tasks/before.yml")));
}
