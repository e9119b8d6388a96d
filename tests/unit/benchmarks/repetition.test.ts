import { Progress } from "../../../benchmarks/run/progress.ts";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { assign, placesOf } from "../../../benchmarks/workloads/image-classification/run/assignment.ts";
import { limits, partLimits } from "../../../benchmarks/parts/limits.ts";
import { runRepetition, type RepetitionPlan } from "../../../benchmarks/run/repetition.ts";
import type { Transport } from "../../../benchmarks/transport/transport.ts";
import { imageBenchmark } from "../../support/workload/localTestbed.ts";
import { workload } from "../../support/workload/imageReport.ts";
import { localTestbed } from "../../support/workload/localTestbed.ts";

const benchmark = { ...imageBenchmark, rateHz: 4, warmupS: 0, durationS: 0 };
const assignment = assign(localTestbed, benchmark);
const own = { ...limits.hardware, leadMs: 0 };

/**
 * Machines on which all goes well: what is started is ready, and publishers have ended once they had their start sign. By
 * the second measurement of the clocks, a minute later, endpoint-1's has gained some ms.
 */
function machines(gainedMs: number): Transport {
  let measurements = 0;
  let sent = false;
  return {
    run: (_machine, command) => {
      sent ||= command.includes("go.json");
      if (!command.includes("state.json")) return Promise.resolve("");
      const ended = sent && command.includes("publisher");
      return Promise.resolve(`${ended ? "exited 0" : "active"}\n{"state":"ready","detail":""}\n`);
    },
    serve: () => Promise.resolve({ firstLine: "1", stop: () => undefined }),
    converse: () => Promise.reject(new Error("no links change here")),
    besideMachines: () => {
      const passed = measurements++;
      const offset = (name: string) => (name === "endpoint-1" ? passed * gainedMs : 0);
      const measured = placesOf(assignment).map(({ name }) => [
        name,
        { machineMs: 1e12 + passed * 60_000 + offset(name), offsetMs: offset(name), uncertaintyMs: 0.5 },
      ]);
      return ["printf", "%s", JSON.stringify(Object.fromEntries(measured))];
    },
  };
}

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "repetition-"));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

const plan = (transport: Transport): RepetitionPlan => ({
  ...{ repetition: 1, run: "r-1", testbed: localTestbed, benchmark, workload, directory, transport },
  parts: workload.parts(assignment, benchmark, partLimits(own, 60_000)),
  limits: own,
  mostMs: 60_000,
  signal: new AbortController().signal,
  progress: new Progress(() => undefined),
});

test.each([
  [59, undefined],
  [
    62,
    "the clock of endpoint-1 gained 0.1 s in 60.0 s, so nothing that it timed is true. If nobody has set it, restart the machine and try again",
  ],
])("a clock that gained %i ms in a minute: %s", async (gainedMs, reason) => {
  const { failure } = await runRepetition(plan(machines(gainedMs)));
  expect(failure?.message).toBe(reason);
});

test("when a worker can't be started, a publisher that was just starting is stopped too", async () => {
  const running = new Set<string>();
  const all = machines(0);
  const { failure } = await runRepetition(
    plan({
      ...all,
      run: async (machine, command, options) => {
        if (command.includes("start r-1 worker")) throw new Error("no room");
        if (command.includes("start r-1 publisher")) {
          await setTimeout(20);
          running.add(machine.name);
        }
        if (command.includes("stop r-1 publisher")) running.delete(machine.name);
        return all.run(machine, command, options);
      },
    }),
  );
  await setTimeout(40);
  expect(failure?.message).toBe("no room");
  expect([...running]).toEqual([]);
});
