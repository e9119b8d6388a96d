import type { JsonValue } from "../experiment/jsonValue.ts";

/** Prefix of the environment keys that carry a machine's roles to its Ansible run; the role's name follows. */
export const roleKeyPrefix = "STRATA_ROLE_";

/** A role as the environment of a phase carries it. */
export interface PhaseRole {
  role: string;
  /** Hash of the role's files. */
  hash: string;
  variables: Record<string, JsonValue>;
}

/** What one Ansible run of a machine has to do. */
export interface PhaseRun {
  apply: PhaseRole[];
  remove: string[];
  /** What the machine has afterwards, by role: printed at the end, and compared by the next run. */
  applied: Record<string, string>;
}

/**
 * Compares the wanted roles with what the previous run printed. A role is applied when its files or variables changed;
 * a role that is no longer wanted is undone.
 */
export function planPhaseRun(wanted: PhaseRole[], previous: Record<string, string>): PhaseRun {
  const applied = Object.fromEntries(wanted.map((role) => [role.role, fingerprint(role)]));
  return {
    apply: wanted.filter((role) => previous[role.role] !== applied[role.role]),
    remove: Object.keys(previous).filter((role) => !(role in applied)),
    applied,
  };
}

function fingerprint({ hash, variables }: PhaseRole): string {
  return `${hash} ${JSON.stringify(variables)}`;
}
