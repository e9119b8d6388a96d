import { tiersWith } from "../spec/software.ts";
import type { TestbedSpec } from "../spec/testbed.ts";
import type { TierName } from "../spec/tier.ts";
import { machineAddress } from "./addressing.ts";
import { machineName } from "./naming.ts";
import type { RolePlan, SoftwarePlan } from "./types.ts";

/** Port that IANA registers for MQTT. */
const mqttPort = 1883;

/**
 * Roles of every machine of a tier, in the order they run. They depend on the tier alone, never on how many machines
 * there are: the broker is always the first machine of its tier, and endpoints reach workers by topic, not by a list.
 * None at all where nothing but the kernel's own settings is wanted: infrastructure alone needs no Ansible run.
 */
export function tierRoles(spec: TestbedSpec, network: string, tier: TierName): RolePlan[] {
  const { benchmark, software } = spec;
  const roles: RolePlan[] = [];
  if (tiersWith("mqtt", software).includes(tier)) roles.push({ role: "mqtt", variables: {} });
  if (benchmark !== undefined && (tier === benchmark.worker || tier === "endpoint")) {
    roles.push({
      role: "workload",
      variables: {
        workload_role: tier === benchmark.worker ? "worker" : "publisher",
        workload_broker_host: machineAddress(network, benchmark.broker, 0),
        workload_broker_port: mqttPort,
      },
    });
  }
  const settings: RolePlan["variables"] =
    benchmark?.tcpSlowStartAfterIdle === false ? { base_tcp_slow_start_after_idle: false } : {};
  const base = { role: "base", variables: settings };
  return roles.length === 0 && Object.keys(settings).length === 0 ? [] : [base, ...roles];
}

/** Which machines each software runs on. */
export function planSoftware(spec: TestbedSpec): SoftwarePlan[] {
  return spec.software.map(({ kind, on }) => ({
    kind,
    machines: Array.from({ length: spec.tiers[on]?.count ?? 0 }, (_, index) => machineName(on, index)),
  }));
}

/** What the machine image must hold: a benchmark's containers count as software of the kind "workload". */
export function imageSoftware(spec: TestbedSpec): string[] {
  const kinds = spec.software.map(({ kind }): string => kind);
  if (spec.benchmark !== undefined) kinds.push("workload");
  return [...new Set(kinds)].sort();
}
