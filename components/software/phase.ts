import { local } from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { join, relative } from "node:path";
import type { MachinePlan, RolePlan } from "../plan/types.ts";
import { shellWord } from "../../providers/kit/plain/shellWord.ts";
import { rolesDirectory } from "./ansible.ts";
import { contentHashOnce } from "./contentHash.ts";
import { roleKeyPrefix } from "./phaseRun.ts";

/**
 * Software of one machine: one Ansible run that applies these roles in order. Each role is one environment key that
 * holds the hash of the role's files and its variables, so that preview names the role that an edit touches and only
 * that role runs again. A new machine under the old name (another `machineId`) gets all of them. When the resource goes
 * and the machine stays, its roles are undone.
 *
 * @returns undefined where there are no roles: infrastructure alone needs neither Ansible nor the command plugin.
 */
export function softwarePhase(
  name: string,
  stack: string,
  machine: MachinePlan,
  roles: RolePlan[],
  machineId: pulumi.Output<string>,
  opts: pulumi.CustomResourceOptions,
): local.Command | undefined {
  if (roles.length === 0) return undefined;
  const environment: Record<string, string> = {
    STRATA_STACK: stack,
    STRATA_MACHINE: machine.name,
    STRATA_ADDRESS: machine.address,
    STRATA_ROLES: roles.map((role) => role.role).join(" "),
  };
  for (const { role, variables } of roles) {
    environment[`${roleKeyPrefix}${role}`] = JSON.stringify({
      hash: contentHashOnce(join(rolesDirectory, role)),
      variables,
    });
  }
  return new local.Command(
    name,
    // What it prints is for its next run; people read what Ansible does, which is told as errors are.
    {
      create: runPhaseCommand(),
      delete: runPhaseCommand("undo"),
      environment,
      triggers: [machineId],
      logging: local.Logging.Stderr,
    },
    // Undoing the old roles after applying the new ones would leave none.
    { ...opts, deleteBeforeReplace: true },
  );
}

/** Plugins run in the program's directory; a path relative to it is the same on every machine. */
function runPhaseCommand(...args: string[]): string {
  const script = relative(process.cwd(), join(import.meta.dirname, "runPhase.ts"));
  return ['exec "${STRATA_NODE:-node}"', shellWord(script), ...args].join(" ");
}
