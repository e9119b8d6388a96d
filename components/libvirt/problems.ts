import type { machineImage } from "../../artifacts/machine-image/index.ts";
import { checkCapacity, type HostFacts } from "./plan/capacity.ts";
import { bridgeProblems } from "./plan/limits.ts";
import type { Plan } from "../plan/types.ts";
import type { Problem } from "../experiment/problem.ts";

/** Whether the host can hold the testbed. */
export function capacityProblems(plan: Plan, host: HostFacts, force = isForced()): Problem[] {
  return [...forced(checkCapacity(plan, host), force), ...bridgeProblems(plan.machines.length, "one host", "tiers")];
}

/** The problems with their last way out: STRATA_FORCE=1 (`strata up --force`) turns errors into warnings. */
export function forced(problems: readonly Problem[], force = isForced()): Problem[] {
  return problems.map((problem): Problem => {
    // A host that can't be reached can't be built on either.
    if (problem.severity === "warning" || problem.path.startsWith("provider.hosts")) return problem;
    if (force) return { ...problem, severity: "warning" };
    return { ...problem, fix: `${problem.fix}, or build it all the same with --force` };
  });
}

function isForced(): boolean {
  return process.env.STRATA_FORCE === "1";
}

/** Whether the machine image is there and whole. */
export function imageProblems(image: ReturnType<typeof machineImage>): Problem[] {
  if (image.state === "ready") return [];
  const reason =
    image.state === "missing"
      ? `machine image ${image.key} has not been built`
      : `machine image ${image.key} is damaged: ${image.problem ?? "its checksum differs"}`;
  return [{ severity: "error", path: "software", reason, fix: "run ./strata setup, which builds it" }];
}
