import { measureOffsets } from "../../../benchmarks/transport/clockOffsets.ts";
import { unshaped } from "../../../benchmarks/transport/echoServer.ts";
import { runFor, serveFor } from "../../../benchmarks/transport/process.ts";
import { referenceClock } from "../../../benchmarks/transport/referenceClock.ts";
import type { Machine, RemoteOptions, Transport } from "../../../benchmarks/transport/transport.ts";
import { localTestbed } from "../../support/workload/localTestbed.ts";
import { patient } from "../../support/patience.ts";

const [cloud, edge, endpoint] = ["cloud-0", "edge-0", "endpoint-0"].map((name) => ({ name, address: "127.0.0.1" }));
const machines = [cloud, edge, endpoint] as Machine[];
const remote = { provider: { ...localTestbed.provider, host: "remote" } } as const;
const limits = { limitMs: patient(60_000) };

/** How far each machine's clock is ahead of this host's. */
const aheadMs: Record<string, number> = { "cloud-0": -2000, "edge-0": 5000, "endpoint-0": 0.25 };

/** This host as three machines: programs run here, with clocks that are off. */
function skewed(): Transport {
  const own = ({ name }: Machine, options: RemoteOptions): RemoteOptions => ({
    ...options,
    input: (options.input ?? "")
      // Only root may set it, and loop-back has no queues.
      .replaceAll(unshaped, "pass")
      .replaceAll("time.time_ns()", `(time.time_ns() + ${(aheadMs[name] ?? 0) * 1e6})`),
  });
  const words = (command: string): string[] => ["sh", "-c", command];
  return {
    run: (machine, command, options) => runFor(machine, words(command), own(machine, options)),
    serve: (machine, command, options) => serveFor(machine, words(`exec ${command}`), own(machine, options)),
    converse: () => Promise.reject(new Error("not used here")),
    besideMachines: (command) => [...command],
  };
}

test("on other hosts the first machine's clock is the reference, and every other's offset to it lies within the uncertainty", async () => {
  const begunMs = Date.now();
  const reference = await referenceClock(skewed(), remote, machines, limits);
  expect(reference.machine).toBe(cloud);
  const offsets = await measureOffsets(skewed(), machines, reference);
  expect(offsets.get("cloud-0")).toMatchObject({ offsetMs: 0, uncertaintyMs: 0 });
  for (const name of ["edge-0", "endpoint-0"]) {
    const { offsetMs, uncertaintyMs, machineMs } = offsets.get(name)!;
    expect(uncertaintyMs).toBeGreaterThan(0);
    expect(uncertaintyMs).toBeLessThan(Date.now() - begunMs);
    expect(Math.abs(offsetMs - (aheadMs[name]! + 2000))).toBeLessThanOrEqual(uncertaintyMs);
    // The moment of the measurement, by the machine's clock; this host's tells whole ms.
    expect(machineMs).toBeGreaterThan(begunMs + aheadMs[name]! - 1);
    expect(machineMs).toBeLessThan(Date.now() + aheadMs[name]! + 1);
  }
});

test("a machine that answers no echo is named", async () => {
  const transport: Transport = {
    ...skewed(),
    serve: () => Promise.resolve({ firstLine: "5000", stop: () => undefined }),
    run: () => Promise.resolve('{"nowMs":1,"echoes":{"edge-0":[]}}'),
  };
  const reference = { machine: cloud!, now: Date.now };
  await expect(measureOffsets(transport, [cloud!, edge!], reference)).rejects.toThrow(
    "edge-0: measure the clock: no echo of cloud-0's was answered",
  );
});

test("when to begin is said by the reference: what a machine's clock shows, to about the time of the command that asked", async () => {
  const ask = (told: number): Transport => ({
    ...skewed(),
    run: async () => {
      await new Promise((resolve) => setTimeout(resolve, 40));
      return `${told}000000\n`;
    },
  });
  const before = Date.now();
  const { now } = await referenceClock(ask(before + 7020), remote, machines, limits);
  expect(Math.abs(now() - Date.now() - 7000)).toBeLessThanOrEqual((Date.now() - before) / 2 + 21);
  const own = await referenceClock(ask(0), localTestbed, machines, limits);
  expect(own).toEqual({ now: Date.now });
});
