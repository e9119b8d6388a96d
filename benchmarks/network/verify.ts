import type { MachineOutputs, TestbedOutputs } from "../../components/contract/testbed.ts";
import type { Transport } from "../transport/transport.ts";
import { linkedPairs } from "./pairs.ts";
import type { Pair } from "./pairs.ts";
import { judgeRate, measurableMbit, parseIperf } from "./rate.ts";
import type { LinkCheck, RateCheck, RoundTripCheck } from "./result.ts";
import { judgeRoundTrip, parsePing, roundTripNotMeasured } from "./roundTrip.ts";
import type { Ping } from "./roundTrip.ts";

const pings = 20;
const floorPings = 8;
const rateSeconds = 3;
/** 20 pings take 4 s, iperf3 4 s; the rest is for a slow machine. */
const limitMs = 40_000;

/** Leaves a server behind that takes one client, for at most 40 s, and returns when it listens. */
const startIperf = `
command -v iperf3 >/dev/null || { echo 'no iperf3 on this machine' >&2; exit 9; }
timeout 40 iperf3 --server --one-off --port 5201 >/dev/null 2>&1 </dev/null &
for i in $(seq 100); do ss -Hltn 'sport = :5201' | grep -q . && exit 0; sleep 0.1; done
echo 'it did not listen within 10 s' >&2; exit 1`;

/**
 * Measures each link of the testbed: all round trips at once (a few packets a second), then the limited rates one after
 * the other. A link that can't be measured is reported as such; only an abort throws.
 */
export async function verifyNetwork(
  transport: Transport,
  testbed: TestbedOutputs,
  detail: (text: string) => void,
  signal?: AbortSignal,
): Promise<LinkCheck[]> {
  const pairs = linkedPairs(testbed);
  detail(`round trips of ${pairs.length} links`);
  const floors = await measureFloors(transport, pairs, testbed.network.hostAddress, signal);
  const roundTrips = await Promise.all(pairs.map((pair) => checkRoundTrip(transport, pair, floors, signal)));
  const checks: LinkCheck[] = [];
  for (const [position, pair] of pairs.entries()) {
    const roundTrip = roundTrips[position];
    if (!roundTrip) continue;
    if (pair.link.rateMbit !== undefined) detail(`rate of ${pair.link.name}`);
    const rate = await checkRate(transport, pair, measurableMbit[testbed.provider.accelerator], signal);
    checks.push({ link: pair.link.name, from: pair.from.name, to: pair.to.name, roundTrip, rate });
  }
  return checks;
}

async function ping(
  transport: Transport,
  from: MachineOutputs,
  address: string,
  count: number,
  signal?: AbortSignal,
): Promise<Ping | string> {
  // ping ends with 1 when nothing came back; its summary says so, too.
  const command = `command -v ping >/dev/null || { echo 'no ping on this machine' >&2; exit 9; }; ping -n -q -i 0.2 -c ${count} -W 2 ${address} || true`;
  try {
    const output = await transport.run(from, command, { what: `ping ${address}`, limitMs, signal });
    return parsePing(output) ?? "no ping was answered";
  } catch (error) {
    signal?.throwIfAborted();
    return message(error);
  }
}

/** Each machine's round trip to the host, in ms, by machine name; that way is not shaped. */
async function measureFloors(
  transport: Transport,
  pairs: readonly Pair[],
  hostAddress: string,
  signal?: AbortSignal,
): Promise<Map<string, number>> {
  const machines = new Map(pairs.flatMap(({ from, to }) => [from, to]).map((machine) => [machine.name, machine]));
  const floors = await Promise.all(
    [...machines.values()].map(async (machine) => {
      const result = await ping(transport, machine, hostAddress, floorPings, signal);
      return typeof result === "string" ? [] : [[machine.name, result.meanMs] as const];
    }),
  );
  return new Map(floors.flat());
}

async function checkRoundTrip(
  transport: Transport,
  { link, from, to }: Pair,
  floors: ReadonlyMap<string, number>,
  signal?: AbortSignal,
): Promise<RoundTripCheck> {
  const result = await ping(transport, from, to.address, pings, signal);
  if (typeof result === "string") return roundTripNotMeasured(link, result);
  const [near, far] = [floors.get(from.name), floors.get(to.name)];
  return judgeRoundTrip(link, result, near === undefined || far === undefined ? undefined : near + far);
}

/** The rate from `to` to `from`: photos go up the tiers. Undefined for a link without a limit. */
async function checkRate(
  transport: Transport,
  { link, from, to }: Pair,
  highestMbit: number,
  signal?: AbortSignal,
): Promise<RateCheck | undefined> {
  const wantedMbit = link.rateMbit;
  if (wantedMbit === undefined) return undefined;
  const notMeasured = (note: string): RateCheck => ({ wantedMbit, verdict: "not measured", note });
  if (wantedMbit > highestMbit) return notMeasured(`above ${highestMbit} Mbit/s the processor would be measured`);
  try {
    await transport.run(from, startIperf, { what: "start iperf3", limitMs, signal });
    const client = `iperf3 --client ${from.address} --port 5201 --time ${rateSeconds} --omit 1 --json --connect-timeout 5000 || true`;
    const output = await transport.run(to, client, { what: `measure the rate to ${from.name}`, limitMs, signal });
    return judgeRate(wantedMbit, parseIperf(output));
  } catch (error) {
    signal?.throwIfAborted();
    return notMeasured(message(error));
  }
}

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));
