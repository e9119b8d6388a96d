import { z } from "zod";
import type { TestbedOutputs } from "../../components/contract/testbed.ts";
import type { FaultSpec } from "../../components/experiment/fault.ts";
import { toReferenceTime, type MachineClock } from "../metrics/clock.ts";
import { faultName, faultOrders } from "./faultOrders.ts";
import type { TimelineData } from "./injectors.ts";
import { placeIn, tracesOf } from "./traces.ts";

/** Older reports call the injectors players. */
function formerly(timeline: unknown): unknown {
  if (typeof timeline !== "object" || timeline === null || !("players" in timeline)) return timeline;
  const { players: injectors, ...rest } = timeline;
  return { injectors, ...rest };
}

const timeline = z.strictObject({
  injectors: z.array(
    z.strictObject({
      machine: z.string(),
      /** When its timeline began, against the planned moment; absent: it never did. */
      startSkewMs: z.number().optional(),
      /** Of its clock against the reference. */
      uncertaintyMs: z.number(),
      changes: z.int(),
      /** Steps of traces that it had no time for. */
      skipped: z.int(),
      /** How long after its time a change was in force. */
      latenessMeanMs: z.number(),
      latenessMaxMs: z.number(),
      /** false: the guard applied the machine's rules anew. */
      restored: z.boolean(),
    }),
  ),
  faults: z.array(
    z.strictObject({
      name: z.string(),
      atS: z.number(),
      durationS: z.number(),
      /** By the reference clock, in s after the start of measuring; absent: not reached. */
      machines: z.array(
        z.strictObject({ machine: z.string(), beganS: z.number().optional(), endedS: z.number().optional() }),
      ),
    }),
  ),
});

/** What changed on the links in a repetition, as the report holds it. */
export const timelineSchema = z.preprocess(formerly, timeline);

export type TimelineReport = z.infer<typeof timelineSchema>;

interface Told {
  testbed: Pick<TestbedOutputs, "machines">;
  faults: readonly FaultSpec[];
  clocks: ReadonlyMap<string, MachineClock>;
}

/** What injectors said, by the reference clock; undefined where there was none. */
export function timelineReport(
  { beginMs = 0, results }: TimelineData,
  { testbed, faults, clocks }: Told,
): TimelineReport | undefined {
  const orders = faultOrders(testbed, faults);
  if (results.size === 0) return undefined;
  const since = (machine: string, ms: number | null | undefined) => {
    const clock = clocks.get(machine);
    return clock === undefined || ms === null || ms === undefined
      ? undefined
      : toReferenceTime(clock, ms).referenceMs - beginMs;
  };
  const injectors = [...results].map(([machine, { startedMs, changes, skipped, latenessMs, restored }]) => ({
    machine,
    startSkewMs: since(machine, startedMs),
    uncertaintyMs: clocks.get(machine)?.before.uncertaintyMs ?? 0,
    changes,
    skipped,
    latenessMeanMs: latenessMs.mean,
    latenessMaxMs: latenessMs.max,
    restored,
  }));
  const seconds = (ms: number | undefined) => (ms === undefined ? undefined : ms / 1000);
  return {
    injectors,
    faults: faults.map((fault, position) => ({
      name: faultName(fault),
      atS: fault.atS,
      durationS: fault.durationS,
      machines: [...orders.keys()]
        .filter((machine) => orders.get(machine)?.some((order) => order.fault === position))
        .map((machine) => {
          const done = results.get(machine)?.faults.find((one) => one.fault === position);
          return {
            machine,
            beganS: seconds(since(machine, done?.beganMs)),
            endedS: seconds(since(machine, done?.endedMs)),
          };
        }),
    })),
  };
}

/** The samples, each with where the traces were at its intended time. */
export function withTracePlaces<Sample extends { intendedMs: number }>(
  samples: readonly Sample[],
  testbed: Pick<TestbedOutputs, "links" | "machineLinks" | "machines">,
  { beginMs }: TimelineData,
): (Sample & { traceMs?: Record<string, number> })[] {
  const traces = tracesOf(testbed);
  if (traces.length === 0 || beginMs === undefined) return [...samples];
  return samples.map((sample) => ({
    ...sample,
    traceMs: Object.fromEntries(traces.map((trace) => [trace.name, placeIn(trace, sample.intendedMs - beginMs)])),
  }));
}
