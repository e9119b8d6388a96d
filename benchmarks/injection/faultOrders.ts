import type { MachineOutputs, TestbedOutputs } from "../../components/contract/testbed.ts";
import type { FaultSpec } from "../../components/experiment/fault.ts";
import { linkTiers } from "../../components/experiment/link.ts";

/** What one machine does for a fault, as the injector takes it (injector.py). */
export interface FaultOrder {
  /** Its place among the benchmark's faults. */
  fault: number;
  /** The machines that packets go to: rules that serve one of them are changed. */
  addresses: string[];
  /** From the start of measuring. */
  atMs: number;
  forMs: number;
  /** 0: as the rule has it. */
  lossPercent: number;
  addedMs: number;
}

/**
 * Each machine's part in the faults, by its name; machines without one are left out. Both ends of a link do the direction
 * that they send, as they do with its shape. What goes to the host (ssh, the mirror) goes to no machine's address, so no
 * fault can cut it.
 */
export function faultOrders(
  { machines }: Pick<TestbedOutputs, "machines">,
  faults: readonly FaultSpec[],
): Map<string, FaultOrder[]> {
  const orders = machines.map((machine): [string, FaultOrder[]] => {
    const own = faults.flatMap((fault, position): FaultOrder[] => {
      const addresses = machines.filter((other) => concerns(fault, machine, other)).map(({ address }) => address);
      if (addresses.length === 0) return [];
      const span = { atMs: Math.round(fault.atS * 1000), forMs: Math.round(fault.durationS * 1000) };
      return [{ fault: position, addresses, ...span, ...effectOf(fault) }];
    });
    return [machine.name, own];
  });
  return new Map(orders.filter(([, own]) => own.length > 0));
}

function concerns(fault: FaultSpec, from: MachineOutputs, to: MachineOutputs): boolean {
  if (from.name === to.name) return false;
  if (fault.kind === "partition") return (from.tier === fault.tier) !== (to.tier === fault.tier);
  const [upper, lower] = linkTiers(fault.link);
  return (from.tier === upper && to.tier === lower) || (from.tier === lower && to.tier === upper);
}

function effectOf(fault: FaultSpec): Pick<FaultOrder, "lossPercent" | "addedMs"> {
  switch (fault.kind) {
    case "link-down":
    case "partition":
      return { lossPercent: 100, addedMs: 0 };
    case "loss-burst":
      return { lossPercent: fault.lossPercent, addedMs: 0 };
    case "latency-step":
      return { lossPercent: 0, addedMs: fault.addedMs };
  }
}

/** "loss-burst of 20 % on cloud-edge". */
export function faultName(fault: FaultSpec): string {
  switch (fault.kind) {
    case "link-down":
      return `link-down of ${fault.link}`;
    case "partition":
      return `partition of ${fault.tier}`;
    case "loss-burst":
      return `loss-burst of ${fault.lossPercent} % on ${fault.link}`;
    case "latency-step":
      return `latency-step of ${fault.addedMs} ms on ${fault.link}`;
  }
}
