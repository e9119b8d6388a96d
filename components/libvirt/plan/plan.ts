import type { MachinePlan, Plan } from "../../plan/types.ts";
import { machineMac } from "./mac.ts";
import { resourceNames, type HostNames, type MachineNames } from "./naming.ts";

/** A testbed's plan, with what is libvirt's alone. */
export interface LibvirtPlan extends Plan {
  /** What it has on each of its hosts. */
  onHost: Omit<HostNames, "machine">;
  machines: LibvirtMachinePlan[];
}

export interface LibvirtMachinePlan extends MachinePlan {
  /** Locally administered, derived from the address. */
  mac: string;
  names: MachineNames;
}

/** Which of its hosts a machine is on depends on what is there, and comes later (planHosts). */
export function planLibvirt(plan: Plan): LibvirtPlan {
  const { machine: namesOf, ...onHost } = resourceNames(plan.name, plan.place);
  const machines = plan.machines.map((machine) => ({
    ...machine,
    mac: machineMac(machine.address),
    names: namesOf(machine.name),
  }));
  return { ...plan, onHost, machines };
}
