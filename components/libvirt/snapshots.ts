import { StackMachines } from "../../providers/libvirt/snapshots/testbed.ts";
import type { MachineStates, StateResource } from "../contract/snapshots.ts";

/** How machines of libvirt's are saved and brought back: their provider, which made them, does it. */
export function open(resources: readonly StateResource[], signal: AbortSignal): MachineStates {
  return new StackMachines(resources, signal);
}
