import { execa } from "execa";
import { join } from "node:path";
import type { OffsetMeasurement } from "../metrics/clock.ts";
import type { EchoTarget } from "./echoClient.ts";
import { echoServer } from "./echoServer.ts";
import { RemoteError } from "./transport.ts";
import type { Machine, Served, Transport } from "./transport.ts";

/** Echoes a machine; the best one counts. */
const echoes = 16;
/** Python's start on an emulated processor takes seconds. */
const startLimitMs = 30_000;
const serverLifetimeS = 60;

/**
 * Measures each machine's clock against the host's by UDP echo between host and machine, a way that is never shaped.
 * @throws RemoteError naming the machine whose echo failed.
 */
export async function measureOffsets(
  transport: Transport,
  machines: readonly Machine[],
  signal?: AbortSignal,
): Promise<Map<string, OffsetMeasurement>> {
  const what = "measure the clock";
  const servers: Served[] = [];
  try {
    const started = await Promise.allSettled(
      machines.map(async (machine): Promise<EchoTarget> => {
        const input = echoServer(serverLifetimeS);
        const server = await transport.serve(machine, "python3 -", { what, limitMs: startLimitMs, input, signal });
        servers.push(server);
        return { name: machine.name, address: machine.address, port: Number(server.firstLine) };
      }),
    );
    const targets = started.map((one) => {
      if (one.status === "rejected") throw one.reason;
      return one.value;
    });
    const client = join(import.meta.dirname, "echoClient.ts");
    const command = [process.execPath, client, JSON.stringify(targets), String(echoes)];
    const [file = "", ...args] = transport.besideMachines(command);
    const limitMs = 10_000 + machines.length * echoes * 600;
    const { stdout } = await execa(file, args, { stdin: "ignore", timeout: limitMs, cancelSignal: signal });
    const results = JSON.parse(stdout) as Record<string, OffsetMeasurement | { error: string }>;
    return new Map(
      machines.map((machine) => {
        const result = results[machine.name] ?? { error: "no result" };
        if ("error" in result) throw new RemoteError(machine, what, result.error);
        return [machine.name, result];
      }),
    );
  } finally {
    for (const server of servers) server.stop();
  }
}
