import type { machineImage } from "../../artifacts/machine-image/index.ts";
import { embeddedHost } from "../../providers/kit/embeddedHost.ts";
import { checkCapacity } from "../plan/capacity.ts";
import type { Plan } from "../plan/types.ts";
import type { Problem } from "../spec/problem.ts";
import type { HostKind } from "./host.ts";
import { hostFacts } from "./probe.ts";

/** Whether the host can hold the testbed. STRATA_FORCE=1 (`strata up --force`) turns errors into warnings. */
export function capacityProblems(plan: Plan, kind: HostKind): Problem[] {
  const namespace = kind === "embedded" ? embeddedHost().namespace : undefined;
  const problems = checkCapacity(plan, hostFacts(namespace, plan.network.bridge));
  if (process.env.STRATA_FORCE !== "1") {
    return problems.map((problem) => ({ ...problem, fix: `${problem.fix}, or build it all the same with --force` }));
  }
  return problems.map((problem) => ({ ...problem, severity: "warning" }));
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
