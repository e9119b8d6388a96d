import { createHash } from "node:crypto";
import { join } from "node:path";
import { machineImage } from "../../artifacts/machine-image/index.ts";
import { itemEntry } from "../../artifacts/mirror/item.ts";
import { select } from "../../artifacts/software/select.ts";
import { rolesDirectory } from "../../components/software/ansible.ts";
import { contentHashOnce } from "../../components/software/contentHash.ts";
import type { Plan } from "../../components/plan/types.ts";

/** Of how a testbed is built from the same plan: another one makes none of the older snapshots usable. */
const generation = 1;

/**
 * Hash of all that a testbed that `up` has just built came from: the plan but for what only measures, the roles, the machine
 * image and what the mirror has. Sixteen hexadecimal digits.
 */
export function testbedKey(plan: Plan): string {
  const built = { ...plan, benchmark: undefined, tolerance: undefined, leaseSeconds: undefined };
  const roles = [...new Set(plan.machines.flatMap((machine) => machine.roles.map(({ role }) => role)))].sort();
  const from = {
    ...{ generation, built, image: machineImage(plan.imageSoftware).key },
    roles: roles.map((role) => [role, contentHashOnce(join(rolesDirectory, role))]),
    mirror: select({ all: true }).map((item) => itemEntry(item)),
  };
  return createHash("sha256").update(JSON.stringify(from)).digest("hex").slice(0, 16);
}
