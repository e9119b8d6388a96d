import type { MachineOutputs, TestbedOutputs } from "../../components/contract/testbed.ts";
import type { BenchmarkSpec } from "../../components/spec/benchmark.ts";
import type { Pod } from "../cluster/state.ts";
import { largest } from "../metrics/extent.ts";
import { groupBy } from "../metrics/tables.ts";

/** One worker of a run: a machine's own, or a pod on it. */
export interface WorkerPlace {
  /** The machine's name, or the pod's. */
  name: string;
  machine: MachineOutputs;
}

export interface EndpointAssignment {
  endpoint: MachineOutputs;
  worker: WorkerPlace;
  /** Shift of its schedule, as a share of the interval. */
  phase: number;
}

export interface Assignment {
  workers: WorkerPlace[];
  endpoints: EndpointAssignment[];
}

/**
 * Who sends to whom: endpoint i to worker i modulo the number of workers, so another endpoint changes nobody's worker.
 * Schedules are shifted evenly within one interval, so that endpoints do not send at the same moment.
 * @param pods the cluster's ready pods, where the workers are pods.
 * @throws Error when the testbed has no machine for a part.
 */
export function assign(
  testbed: Pick<TestbedOutputs, "name" | "machines">,
  benchmark: Pick<BenchmarkSpec, "worker">,
  pods: readonly Pod[] = [],
): Assignment {
  const { name, machines } = testbed;
  const workers = benchmark.worker === "kubernetes" ? podPlaces(testbed, pods) : machinePlaces(testbed, benchmark);
  const endpoints = machines.filter(({ tier }) => tier === "endpoint");
  if (endpoints.length === 0) throw new Error(`testbed ${name} has no endpoint machine to send photos`);
  return {
    workers,
    endpoints: endpoints.map((endpoint, i) => ({
      endpoint,
      worker: workers[i % workers.length] as WorkerPlace,
      phase: i / endpoints.length,
    })),
  };
}

function machinePlaces(
  { name, machines }: Pick<TestbedOutputs, "name" | "machines">,
  { worker }: Pick<BenchmarkSpec, "worker">,
): WorkerPlace[] {
  const workers = machines.filter(({ tier }) => tier === worker);
  if (workers.length === 0) throw new Error(`testbed ${name} has no ${worker} machine to run the worker`);
  return workers.map((machine) => ({ name: machine.name, machine }));
}

/** Nodes are named as their machines. Pods of one node follow each other only after all others': endpoints spread. */
function podPlaces({ name, machines }: Pick<TestbedOutputs, "name" | "machines">, pods: readonly Pod[]): WorkerPlace[] {
  const places = pods.map((pod) => {
    const machine = machines.find((candidate) => candidate.name === pod.node);
    if (machine === undefined)
      throw new Error(`testbed ${name} has no machine ${pod.node ?? ""} that pod ${pod.name} is on`);
    return { name: pod.name, machine };
  });
  if (places.length === 0) throw new Error(`testbed ${name} has no worker pod to classify photos`);
  const byMachine = [...groupBy(places, ({ machine }) => machine.name).values()];
  const longest = largest(byMachine.map(({ length }) => length));
  return Array.from({ length: longest }, (_, i) => byMachine.flatMap((own) => own[i] ?? [])).flat();
}

/** Machines that take part, each once. */
export function machinesOf({ workers, endpoints }: Assignment): MachineOutputs[] {
  return [...new Set([...workers.map(({ machine }) => machine), ...endpoints.map(({ endpoint }) => endpoint)])];
}
