import { execa } from "execa";
import { join } from "node:path";
import type { OffsetMeasurement } from "../metrics/clock.ts";
import type { EchoTarget } from "./echoClient.ts";
import { bestOffset } from "./echoExchange.ts";
import { echoServer } from "./echoServer.ts";
import { echoProgram, parseEchoes } from "./machineEchoes.ts";
import type { ReferenceClock } from "./referenceClock.ts";
import { RemoteError } from "./transport.ts";
import type { Machine, Served, Transport } from "./transport.ts";

/** Echoes a machine; the best one counts. */
const echoes = 16;
/** Of Python's time stamps: floating-point ms since 1970 are exact to 0.0002 ms. */
const resolutionMs = 0.001;

const what = "measure the clock";

type Results = Map<string, OffsetMeasurement | { error: string }>;

export interface OffsetOptions {
  /** For Python's start on a machine, in ms; 30 s. On an emulated processor it takes seconds. */
  startLimitMs?: number;
  signal?: AbortSignal;
}

/**
 * Measures each machine's clock against the reference by UDP echo, a way that is never shaped: between the host and the
 * machines, or between one machine and the others.
 * @throws RemoteError naming the machine whose echo failed.
 */
export async function measureOffsets(
  transport: Transport,
  machines: readonly Machine[],
  reference: ReferenceClock,
  { startLimitMs = 30_000, signal }: OffsetOptions = {},
): Promise<Map<string, OffsetMeasurement>> {
  const { machine: asker } = reference;
  const others = machines.filter(({ name }) => name !== asker?.name);
  const limitMs = 10_000 + machines.length * echoes * 600;
  // They are stopped once all have been asked; the limit ends those of a runner that is gone.
  const lifetimeS = Math.ceil((2 * startLimitMs + limitMs) / 1000);
  const input = echoServer(lifetimeS, asker === undefined ? "host" : "machine");
  const servers: Served[] = [];
  try {
    const started = await Promise.allSettled(
      others.map(async (machine): Promise<EchoTarget> => {
        const server = await transport.serve(machine, "python3 -", { what, limitMs: startLimitMs, input, signal });
        servers.push(server);
        return { name: machine.name, address: machine.address, port: portOf(machine, server.firstLine) };
      }),
    );
    const targets = started.map((one) => {
      if (one.status === "rejected") throw one.reason;
      return one.value;
    });
    const results =
      asker === undefined
        ? await askFromHost(transport, targets, limitMs, signal)
        : await askFromMachine(transport, asker, targets, limitMs + startLimitMs, signal);
    return new Map(
      machines.map((machine) => {
        const result = results.get(machine.name) ?? { error: "no result" };
        if ("error" in result) throw new RemoteError(machine, what, result.error);
        return [machine.name, result];
      }),
    );
  } finally {
    for (const server of servers) server.stop();
  }
}

function portOf(machine: Machine, said: string): number {
  if (/^\d{1,5}$/.test(said) && Number(said) <= 65_535) return Number(said);
  throw new RemoteError(machine, what, "said no port", said.slice(0, 200));
}

async function askFromHost(
  transport: Transport,
  targets: readonly EchoTarget[],
  limitMs: number,
  signal?: AbortSignal,
): Promise<Results> {
  const client = join(import.meta.dirname, "echoClient.ts");
  const command = [process.execPath, client, JSON.stringify(targets), String(echoes)];
  const [file = "", ...args] = transport.besideMachines(command);
  const { stdout } = await execa(file, args, { stdin: "ignore", timeout: limitMs, cancelSignal: signal });
  return new Map(Object.entries(JSON.parse(stdout) as Record<string, OffsetMeasurement | { error: string }>));
}

async function askFromMachine(
  transport: Transport,
  asker: Machine,
  targets: readonly EchoTarget[],
  limitMs: number,
  signal?: AbortSignal,
): Promise<Results> {
  const input = echoProgram(targets, echoes);
  const { nowMs, echoes: found } = parseEchoes(
    await transport.run(asker, "python3 -", { what, limitMs, input, signal }),
  );
  // Its own clock is the reference.
  const results: Results = new Map([[asker.name, { machineMs: nowMs, offsetMs: 0, uncertaintyMs: 0 }]]);
  for (const [name, exchanges] of found) {
    if ("error" in exchanges) results.set(name, exchanges);
    else if (exchanges.length === 0) results.set(name, { error: `no echo of ${asker.name}'s was answered` });
    else results.set(name, bestOffset(exchanges, resolutionMs));
  }
  return results;
}
