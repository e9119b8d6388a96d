import type { TestbedOutputs } from "../../components/contract/testbed.ts";
import type { BenchmarkBase } from "../../components/experiment/workload.ts";
import { driftPpm, type MachineClock } from "../metrics/clock.ts";
import type { ClockReport, RepetitionReport } from "../report/schema.ts";
import { timelineReport } from "../injection/result.ts";
import type { Place, Workload } from "../workload.ts";
import type { RepetitionData } from "./repetition.ts";
import type { PartResult } from "../parts/partFiles.ts";

export interface EvaluatedRepetition {
  report: RepetitionReport;
  /** The workload's. */
  samples: unknown[];
  results: PartResult[];
}

/** Has the workload join and judge the samples of a repetition, and adds what the runner knows of it. */
export function evaluate(
  data: RepetitionData,
  workload: Workload,
  { assignment, benchmark, testbed }: { assignment: unknown; benchmark: BenchmarkBase; testbed: TestbedOutputs },
): EvaluatedRepetition {
  const { repetition, startedAt, hostLoad, clockReference, beginMs, collected } = data;
  const clocks = new Map<string, MachineClock>(
    [...data.before].map(([machine, before]) => [machine, { before, after: data.after.get(machine) }]),
  );
  const places = workload.places(assignment);
  const results = collected.flatMap(({ result }) => result ?? []);
  const timeline = timelineReport(data.timeline, { testbed, faults: benchmark.faults ?? [], clocks });
  const { samples, judged } = workload.evaluate(
    {
      repetition,
      assignment,
      collected,
      clocks: new Map([...clocks, ...podClocks(places, clocks)]),
      beginMs,
      testbed,
      timeline: data.timeline,
    },
    benchmark,
  );
  return {
    samples,
    results,
    report: {
      repetition,
      startedAt,
      ...(hostLoad === undefined ? {} : { hostLoad }),
      ...(clockReference === undefined ? {} : { clockReference }),
      ...judged,
      clocks: Object.fromEntries(
        [...clocks].map(([machine, clock]) => [machine, clockReport(clock, resultsOn(machine, places, results))]),
      ),
      ...(timeline === undefined ? {} : { timeline }),
    },
  };
}

/** A pod's clock is its node's. */
function podClocks(places: readonly Place[], clocks: ReadonlyMap<string, MachineClock>): [string, MachineClock][] {
  return places.flatMap(({ name, machine }): [string, MachineClock][] => {
    const clock = clocks.get(machine.name);
    return clock === undefined ? [] : [[name, clock]];
  });
}

/** Results of what ran on a machine, in pods or not. */
function resultsOn(machine: string, places: readonly Place[], results: readonly PartResult[]): PartResult[] {
  const names = [machine, ...places.filter((one) => one.machine.name === machine).map(({ name }) => name)];
  return results.filter(({ id }) => names.includes(id));
}

function clockReport(clock: MachineClock, results: readonly PartResult[]): ClockReport {
  const steps = results.map(({ clockStepMs }) => clockStepMs);
  return {
    offsetMs: clock.before.offsetMs,
    uncertaintyMs: Math.max(clock.before.uncertaintyMs, clock.after?.uncertaintyMs ?? 0),
    driftPpm: driftPpm(clock),
    stepMs: steps.find((step) => step !== 0) ?? 0,
  };
}
