import { workloadOf } from "../experiment/whole/benchmark.ts";
import type { BenchmarkBase } from "../experiment/workload.ts";
import { workerPlaces, type WorkerPlace } from "../experiment/benchmarkFields.ts";
import type { TestbedOutputs } from "../contract/testbed.ts";

/** What of a testbed was not made ready for a benchmark: machines have what starts containers, and pods one container. */
export function notReady({ name, benchmark: own }: TestbedOutputs, wanted: BenchmarkBase): string | undefined {
  for (const place of workerPlaces) {
    const part = partOn(wanted, place);
    if (part === undefined) continue;
    const there = own && partOn(own, place);
    if (there === undefined) return `testbed ${name} has nothing ready on ${place}`;
    if (part.broker !== undefined && part.broker !== there.broker) {
      return `testbed ${name} has machines on ${place} that know no broker on ${part.broker}`;
    }
    const samePods = JSON.stringify(wanted.deployment) === JSON.stringify(own?.deployment);
    if (wanted.deployment !== undefined && place === wanted.worker && (part.role !== there.role || !samePods)) {
      return `testbed ${name} has other pods than these`;
    }
  }
  return undefined;
}

const partOn = (benchmark: BenchmarkBase, place: WorkerPlace) => workloadOf(benchmark).partOn(benchmark, place);
