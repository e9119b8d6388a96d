import type { MachineOutputs, TestbedOutputs } from "../../components/contract/testbed.ts";
import type { BenchmarkSpec } from "../../components/spec/benchmark.ts";

export interface EndpointAssignment {
  endpoint: MachineOutputs;
  worker: MachineOutputs;
  /** Shift of its schedule in ms. */
  phaseMs: number;
}

export interface Assignment {
  workers: MachineOutputs[];
  endpoints: EndpointAssignment[];
}

/**
 * Who sends to whom: endpoint i to worker i modulo the number of workers, so another endpoint changes nobody's worker.
 * Schedules are shifted evenly within one interval, so that endpoints do not send at the same moment.
 * @throws Error when the testbed has no machine for a part.
 */
export function assign(
  { name, machines }: Pick<TestbedOutputs, "name" | "machines">,
  benchmark: BenchmarkSpec,
): Assignment {
  const workers = machines.filter(({ tier }) => tier === benchmark.worker);
  const endpoints = machines.filter(({ tier }) => tier === "endpoint");
  if (workers.length === 0) throw new Error(`testbed ${name} has no ${benchmark.worker} machine to run the worker`);
  if (endpoints.length === 0) throw new Error(`testbed ${name} has no endpoint machine to send photos`);
  const intervalMs = 1000 / benchmark.rateHz;
  return {
    workers,
    endpoints: endpoints.map((endpoint, i) => ({
      endpoint,
      worker: workers[i % workers.length] as MachineOutputs,
      phaseMs: (intervalMs * i) / endpoints.length,
    })),
  };
}
