import { planHosts, type HostsPlan } from "./plan/hosts.ts";
import type { LibvirtPlan } from "./plan/plan.ts";
import type { Problem } from "../experiment/problem.ts";
import { lookAtHosts } from "./probe.ts";
import { hostNames } from "./experiment/hosts.ts";

/** Node's names of architectures, and the kernel's. */
const architectures: Partial<Record<string, string>> = { x64: "x86_64", arm64: "aarch64" };

/** Looks at all hosts, and plans who runs which machine. */
export function lookAtAll(plan: LibvirtPlan, uris: readonly string[]): HostsPlan & { problems: Problem[] } {
  const machines = plan.machines.map(({ name, names: { domain, disk } }) => ({ name, domain, disk }));
  const looks = lookAtHosts({ uris, pool: plan.onHost.pool, machines });
  // The machine image is built for the architecture of this machine.
  return planHosts(plan, hostNames(uris), looks, architectures[process.arch] ?? process.arch);
}

/** "Machines: lab1 has cloud-0, edge-0; lab2 has endpoint-0". */
export function placementText(hostOf: Readonly<Record<string, string>>): string {
  const machines = Object.entries(hostOf);
  const hosts = [...new Set(machines.map(([, host]) => host))].sort();
  const parts = hosts.map((host) => {
    const own = machines.filter(([, other]) => other === host).map(([machine]) => machine);
    return `${host} has ${own.join(", ")}`;
  });
  return `Machines: ${parts.join("; ")}`;
}
