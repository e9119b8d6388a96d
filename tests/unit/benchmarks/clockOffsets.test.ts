import { createSocket } from "node:dgram";
import { once } from "node:events";
import { join } from "node:path";
import fc from "fast-check";
import { driftPpm, offsetAt, toReferenceTime } from "../../../benchmarks/metrics/clock.ts";
import { measureOffsets } from "../../../benchmarks/transport/clockOffsets.ts";
import { bestOffset } from "../../../benchmarks/transport/echoExchange.ts";
import { echoServer, unshaped } from "../../../benchmarks/transport/echoServer.ts";
import { runFor, serveFor } from "../../../benchmarks/transport/process.ts";
import type { Machine, Served, Transport } from "../../../benchmarks/transport/transport.ts";
import { patient } from "../../support/patience.ts";

const ms = (max: number) => fc.double({ min: 0, max, noNaN: true });
const offset = fc.double({ min: -1e6, max: 1e6, noNaN: true });

test("whatever the ways took, the true offset lies within the uncertainty of the best exchange", () => {
  const ways = fc.record({ out: ms(500), work: ms(50), back: ms(500) });
  fc.assert(
    fc.property(offset, fc.array(ways, { minLength: 1, maxLength: 20 }), (trueMs, echoes) => {
      const exchanges = echoes.map(({ out, work, back }, i) => {
        const askedMs = 1000 * i;
        const arrivedMs = askedMs + out + trueMs;
        return { askedMs, arrivedMs, answeredMs: arrivedMs + work, heardMs: askedMs + out + work + back };
      });
      const { offsetMs, uncertaintyMs, machineMs } = bestOffset(exchanges, 0.001);
      expect(Math.abs(offsetMs - trueMs)).toBeLessThanOrEqual(uncertaintyMs + 1e-6);
      // No other exchange would have been surer.
      expect(uncertaintyMs).toBeCloseTo(Math.min(...echoes.map(({ out, back }) => out + back)) / 2 + 0.001, 6);
      expect(exchanges.map(({ answeredMs }) => answeredMs)).toContain(machineMs);
    }),
  );
});

test("a clock that drifts evenly is known at every moment, before, between and after, within its uncertainty", () => {
  const scenario = fc.record({
    offsetMs: offset,
    driftPpm: fc.double({ min: -400, max: 400, noNaN: true }),
    lengthMs: fc.double({ min: 1000, max: 600_000, noNaN: true }),
    errors: fc.tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.double({ min: -1, max: 1, noNaN: true })),
    uncertainties: fc.tuple(ms(5), ms(5)),
    moment: fc.double({ min: -0.5, max: 1.5, noNaN: true }),
  });
  fc.assert(
    fc.property(scenario, ({ offsetMs, driftPpm: ppm, lengthMs, errors, uncertainties, moment }) => {
      const truth = (machineMs: number): number => offsetMs + (machineMs * ppm) / 1e6;
      // Each is off by some share of what it may be off.
      const measured = (machineMs: number, i: 0 | 1) => ({
        machineMs,
        offsetMs: truth(machineMs) + errors[i] * uncertainties[i],
        uncertaintyMs: uncertainties[i],
      });
      const clock = { before: measured(0, 0), after: measured(lengthMs, 1) };
      const at = moment * lengthMs;
      const found = offsetAt(clock, at);
      expect(Math.abs(found.offsetMs - truth(at))).toBeLessThanOrEqual(found.uncertaintyMs + 1e-6);
      expect(toReferenceTime(clock, at).referenceMs).toBeCloseTo(at - found.offsetMs, 6);
      const allowedPpm = ((uncertainties[0] + uncertainties[1]) / lengthMs) * 1e6;
      expect(Math.abs(driftPpm(clock) - ppm)).toBeLessThanOrEqual(allowedPpm + 1e-3);
    }),
  );
});

const machines = ["cloud-0", "edge-0"].map((name) => ({ name, address: "127.0.0.1" }));
const host = { now: Date.now };
const startLimitMs = patient(30_000);

/** This host as all machines; what a machine's echo server is, and whether it was stopped, is the test's. */
function local(
  serverOf: (machine: Machine, input: string) => readonly string[] | { input: string },
): Transport & { stopped: string[] } {
  const stopped: string[] = [];
  return {
    stopped,
    run: (machine, _command, options) => runFor(machine, ["python3", "-"], options),
    serve: async (machine, _command, options): Promise<Served> => {
      // Only root may set a packet's priority.
      const found = serverOf(machine, (options.input ?? "").replaceAll(unshaped, "pass"));
      const [words, input] = "input" in found ? [["python3", "-"], found.input] : [found, ""];
      const served = await serveFor(machine, words, { ...options, input });
      const stop = (): void => {
        stopped.push(machine.name);
        served.stop();
      };
      return { firstLine: served.firstLine, stop };
    },
    converse: () => Promise.reject(new Error("not used here")),
    besideMachines: (command) => [...command],
  };
}

test("from this host: each machine's clock against ours, and no server is left", async () => {
  const ahead = (name: string): number => (name === "edge-0" ? 5000 : 0);
  const transport = local(({ name }, input) => ({
    input: input.replaceAll("time.time_ns()", `(time.time_ns() + ${ahead(name) * 1e6})`),
  }));
  const offsets = await measureOffsets(transport, machines, host, { startLimitMs });
  expect([...offsets.keys()]).toEqual(["cloud-0", "edge-0"]);
  for (const [name, { offsetMs, uncertaintyMs }] of offsets) {
    expect(Math.abs(offsetMs - ahead(name))).toBeLessThanOrEqual(uncertaintyMs);
    // A server that answers at once is known to much less than the limit of an answer.
    expect(uncertaintyMs).toBeLessThan(250);
  }
  expect(transport.stopped.sort()).toEqual(["cloud-0", "edge-0"]);
});

test.each([
  ["a word", "echo hello; exec sleep 100", "edge-0: measure the clock: said no port:\nhello"],
  ["a port that is none", "echo 70000; exec sleep 100", "edge-0: measure the clock: said no port:\n70000"],
  ["nothing, and ends", "exit 1", "edge-0: measure the clock: ended with status 1"],
])("a machine that says %s is named, and the servers of the others end", async (_, script, message) => {
  const transport = local(({ name }, input) => (name === "edge-0" ? ["sh", "-c", script] : { input }));
  await expect(measureOffsets(transport, machines, host, { startLimitMs })).rejects.toThrow(message);
  expect(transport.stopped).toContain("cloud-0");
});

test("a machine whose port answers nobody has an error of its own, and takes no other's answer with it", async () => {
  // Bound and silent.
  const silent = createSocket("udp4");
  silent.bind(0, "127.0.0.1");
  await once(silent, "listening");
  const server = await local((_machine, input) => ({ input })).serve(machines[0]!, "python3 -", {
    ...{ what: "echo", limitMs: startLimitMs },
    input: echoServer(patient(60), "host"),
  });
  const target = (name: string, port: number) => ({ name, address: "127.0.0.1", port });
  const targets = [target("edge-0", silent.address().port), target("cloud-0", Number(server.firstLine))];
  const client = join(import.meta.dirname, "../../../benchmarks/transport/echoClient.ts");
  const said = await runFor(machines[0]!, [process.execPath, client, JSON.stringify(targets), "1"], {
    ...{ what: "ask", limitMs: startLimitMs },
  });
  silent.close();
  server.stop();
  expect(JSON.parse(said)).toEqual({
    "edge-0": { error: "no echo was answered" },
    "cloud-0": { machineMs: expect.any(Number), offsetMs: expect.any(Number), uncertaintyMs: expect.any(Number) },
  });
});
