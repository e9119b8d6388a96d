import type { MachinePlace, RolePlan, Surroundings } from "../../kinds/kind.ts";
import { mqttPort } from "../../kinds/mqtt/brokers.ts";
import { workloadOf } from "../../experiment/whole/benchmark.ts";
import type { TestbedSpec } from "../../experiment/whole/testbed.ts";
import { softwareRoles } from "./software.ts";

/**
 * Roles of a machine, in the order they run. They depend on its tier and index alone, never on how many machines there
 * are: the broker is always the first machine of its tier, and endpoints reach workers by topic, not by a list.
 * None at all where nothing but the kernel's own settings is wanted: infrastructure alone needs no Ansible run.
 */
export function machineRoles(spec: TestbedSpec, machine: MachinePlace, testbed: Surroundings): RolePlan[] {
  const { benchmark, software } = spec;
  const roles = softwareRoles(software, machine, testbed);
  const part = benchmark && workloadOf(benchmark).partOn(benchmark, machine.tier);
  if (part !== undefined) {
    const broker: RolePlan["variables"] =
      part.broker === undefined
        ? {}
        : { workload_broker_host: testbed.machineAddress(part.broker, 0), workload_broker_port: mqttPort };
    roles.push({ role: "workload", variables: { workload_role: part.role, ...broker } });
  }
  const settings: RolePlan["variables"] =
    benchmark?.tcpSlowStartAfterIdle === false ? { base_tcp_slow_start_after_idle: false } : {};
  const base = { role: "base", variables: settings };
  return roles.length === 0 && Object.keys(settings).length === 0 ? [] : [base, ...roles];
}
