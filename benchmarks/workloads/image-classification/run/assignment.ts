import type { MachineOutputs, TestbedOutputs } from "../../../../components/contract/testbed.ts";
import type { Place } from "../../../workload.ts";
import type { ImageBenchmark } from "../spec.ts";

export interface EndpointAssignment {
  endpoint: MachineOutputs;
  worker: Place;
  /** Shift of its schedule, as a share of the interval. */
  phase: number;
}

export interface Assignment {
  workers: Place[];
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
  benchmark: Pick<ImageBenchmark, "worker">,
  pods: readonly Place[] = [],
): Assignment {
  const { name, machines } = testbed;
  const workers = benchmark.worker === "kubernetes" ? pods : machinePlaces(testbed, benchmark);
  if (workers.length === 0) throw new Error(`testbed ${name} has no worker pod to classify photos`);
  const endpoints = machines.filter(({ tier }) => tier === "endpoint");
  if (endpoints.length === 0) throw new Error(`testbed ${name} has no endpoint machine to send photos`);
  return {
    workers: [...workers],
    endpoints: endpoints.map((endpoint, i) => ({
      endpoint,
      worker: workers[i % workers.length] as Place,
      phase: i / endpoints.length,
    })),
  };
}

function machinePlaces(
  { name, machines }: Pick<TestbedOutputs, "name" | "machines">,
  { worker }: Pick<ImageBenchmark, "worker">,
): Place[] {
  const workers = machines.filter(({ tier }) => tier === worker);
  if (workers.length === 0) throw new Error(`testbed ${name} has no ${worker} machine to run the worker`);
  return workers.map((machine) => ({ name: machine.name, machine }));
}

/** Places that take part: workers, then endpoints. */
export const placesOf = ({ workers, endpoints }: Assignment): Place[] => [
  ...workers,
  ...endpoints.map(({ endpoint }) => ({ name: endpoint.name, machine: endpoint })),
];
