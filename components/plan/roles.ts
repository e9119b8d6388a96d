import { workloadOf } from "../spec/benchmark.ts";
import type { TestbedSpec } from "../spec/testbed.ts";
import type { TierName } from "../spec/tier.ts";
import { machineAddress } from "./addressing.ts";
import { clusterMachines, kubernetesRoles } from "./kubernetes.ts";
import { machineName } from "./naming.ts";
import type { NetworkPlan, RolePlan, SoftwarePlan } from "./types.ts";

/** Port that IANA registers for MQTT. */
export const mqttPort = 1883;

/**
 * Roles of a machine, in the order they run. They depend on its tier and index alone, never on how many machines there
 * are: the broker is always the first machine of its tier, and endpoints reach workers by topic, not by a list.
 * None at all where nothing but the kernel's own settings is wanted: infrastructure alone needs no Ansible run.
 */
export function machineRoles(spec: TestbedSpec, network: NetworkPlan, tier: TierName, index: number): RolePlan[] {
  const { benchmark, provider, software } = spec;
  // The cluster first: other nodes wait for it, and nothing waits for the rest.
  const roles = software.flatMap((entry) =>
    entry.kind === "kubernetes" ? kubernetesRoles(entry, provider, network, tier, index) : [],
  );
  if (software.some((entry) => entry.kind === "mqtt" && entry.on === tier)) roles.push({ role: "mqtt", variables: {} });
  const part = benchmark && workloadOf(benchmark).partOn(benchmark, tier);
  if (part !== undefined) {
    const broker: RolePlan["variables"] =
      part.broker === undefined
        ? {}
        : { workload_broker_host: machineAddress(network.cidr, part.broker, 0), workload_broker_port: mqttPort };
    roles.push({ role: "workload", variables: { workload_role: part.role, ...broker } });
  }
  const settings: RolePlan["variables"] =
    benchmark?.tcpSlowStartAfterIdle === false ? { base_tcp_slow_start_after_idle: false } : {};
  const base = { role: "base", variables: settings };
  return roles.length === 0 && Object.keys(settings).length === 0 ? [] : [base, ...roles];
}

/** Which machines each software runs on. */
export function planSoftware(spec: TestbedSpec): SoftwarePlan[] {
  return spec.software.map((entry) => {
    if (entry.kind === "kubernetes") return { kind: entry.kind, machines: clusterMachines(spec, entry) };
    const count = spec.tiers[entry.on]?.count ?? 0;
    return { kind: entry.kind, machines: Array.from({ length: count }, (_, index) => machineName(entry.on, index)) };
  });
}

/** What the machine image must hold: a benchmark's containers count as software of the kind "workload". */
export function imageSoftware(spec: TestbedSpec): string[] {
  const kinds = spec.software.map(({ kind }): string => kind);
  if (spec.benchmark !== undefined) kinds.push("workload");
  return [...new Set(kinds)].sort();
}
