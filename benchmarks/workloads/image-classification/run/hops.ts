import type { MachineOutputs, TestbedOutputs } from "../../../../components/contract/testbed.ts";
import { smallest } from "../../../metrics/extent.ts";
import type { Assignment } from "./assignment.ts";

type Part = Pick<TestbedOutputs, "links" | "machineLinks" | "access">;

/** Something on the photos' way that lets only so much through. */
export interface Hop {
  /** "edge-endpoint", or "access of edge-0". */
  name: string;
  /** In 10^6 bit/s. */
  mbit: number;
  /** Endpoints whose photos share it. */
  endpoints: number;
}

/** All limited hops of the photos: from the endpoints to the broker, and from there to the workers. */
export function hopsOf(testbed: Part, { endpoints }: Assignment, broker: MachineOutputs): Hop[] {
  const hops: Hop[] = [];
  const all = endpoints.length;
  const add = (name: string, mbit: number | undefined, sharing: number): void => {
    if (mbit !== undefined) hops.push({ name, mbit, endpoints: sharing });
  };
  const access = ({ name, tier }: MachineOutputs) => testbed.access?.[name] ?? testbed.access?.[tier] ?? {};
  const workers = new Map(endpoints.map(({ worker }) => [worker.machine.name, worker.machine]));
  const servedBy = (machine: MachineOutputs): number =>
    endpoints.filter(({ worker }) => worker.machine.name === machine.name).length;

  for (const { endpoint } of endpoints) {
    if (endpoint.name === broker.name) continue;
    add(...rateOf(testbed, endpoint, broker), 1);
    add(`access of ${endpoint.name}`, access(endpoint).upMbit, 1);
  }
  add(
    `access of ${broker.name}`,
    smallest([access(broker).downMbit ?? Infinity, access(broker).upMbit ?? Infinity]),
    all,
  );
  for (const machine of workers.values()) {
    if (machine.name === broker.name) continue;
    // What the broker sends to all workers of a tier goes through one queue.
    const same = [...workers.values()].filter(({ tier }) => tier === machine.tier);
    add(
      ...rateOf(testbed, broker, machine),
      same.reduce((sum, one) => sum + servedBy(one), 0),
    );
    add(`access of ${machine.name}`, access(machine).downMbit, servedBy(machine));
  }
  return hops.filter(({ mbit }) => Number.isFinite(mbit));
}

/** Name and rate of what one machine sends to another; a machine's own settings go before its tier's. */
function rateOf(
  { links, machineLinks = [] }: Part,
  from: MachineOutputs,
  to: MachineOutputs,
): [name: string, mbit: number | undefined] {
  const sender = machineLinks.find(({ machine, tier }) => machine === from.name && tier === to.tier);
  if (sender) return [`${from.name} ${to.tier}`, (sender.sent ?? sender).rateMbit];
  const receiver = machineLinks.find(({ machine, tier }) => machine === to.name && tier === from.tier);
  if (receiver) return [`${to.name} ${from.tier}`, receiver.rateMbit];
  const down = links.find((link) => link.from === from.tier && link.to === to.tier);
  if (down) return [down.name, down.rateMbit];
  const up = links.find((link) => link.from === to.tier && link.to === from.tier);
  return [up?.name ?? "", (up?.up ?? up)?.rateMbit];
}
