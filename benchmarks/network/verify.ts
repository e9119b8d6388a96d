import { floorAddressOf, processorOf } from "../../components/contract/capabilities.ts";
import type { Activity } from "../../events/event.ts";
import type { MachineOutputs, TestbedOutputs } from "../../components/contract/testbed.ts";
import { defaultTolerances } from "../../components/experiment/links.ts";
import { messageOf } from "../../providers/kit/plain/errors.ts";
import type { Transport } from "../transport/transport.ts";
import { iperfClient, pacedClient, startIperf } from "./iperf.ts";
import { linkedPairs, type Pair } from "./pairs.ts";
import { judgeRate, measurableMbit, parseIperf, parseSent, wireMbit } from "./rate.ts";
import { pacedOverhead, rateMethod, sentTooLittle, type RateQuestion } from "./rateMethod.ts";
import { offParts, type LinkCheck, type RateCheck } from "./result.ts";
import {
  floorOf,
  judgeJitter,
  judgeLoss,
  judgeRoundTrip,
  parsePing,
  pingIntervalMs,
  roundTripNotMeasured,
  wantedRoundTripMs,
  type Ping,
} from "./roundTrip.ts";
import { rounds } from "./rounds.ts";

/** Pings of a pair, and the least time between them; an emulated machine spends 2 % of its processor on them. */
const effort = { hardware: { pings: 250, intervalMs: 20 }, emulated: { pings: 100, intervalMs: 50 } } as const;

/** At most as long as this are the pings of one pair under way. */
const mostPingMs = 20_000;

/** That ping (some 20 KB) and iperf3 (some 60 KB for half a minute) print at most: a machine decides it. */
const mostBytes = 256 * 1024;

/** Beside what pings and iperf3 take themselves: for a slow machine. */
const patienceMs = 40_000;

interface Work {
  transport: Transport;
  testbed: TestbedOutputs;
  news: (activity: Activity) => void;
  signal?: AbortSignal;
}

/**
 * Measures each link of the testbed: all round trips at once (a few packets a second), then the limited rates, both
 * ways. Links that share no machine are measured at the same time where machines have processors of their own; emulated
 * ones are not, since they share the host's. What is off is measured a second time, alone. A link that can't be
 * measured is reported as such; only an abort throws.
 */
export async function verifyNetwork(
  transport: Transport,
  testbed: TestbedOutputs,
  news: (activity: Activity) => void,
  signal?: AbortSignal,
): Promise<LinkCheck[]> {
  const pairs = linkedPairs(testbed);
  const work: Work = { transport, testbed, news, signal };
  const checks = await measure(work, pairs);
  for (const [position, check] of checks.entries()) {
    const pair = pairs[position];
    if (pair === undefined || offParts(check).length === 0) continue;
    const text = `${pair.link} once more: ${offParts(check).join(", ")} off`;
    news({ phase: "recheck", text, of: { type: "link", name: pair.link } });
    const [again] = await measure(work, [pair]);
    if (again !== undefined) checks[position] = { ...again, tries: 2 };
  }
  return checks;
}

async function measure(work: Work, pairs: readonly Pair[]): Promise<LinkCheck[]> {
  const { testbed, news } = work;
  const text = `round trips of ${pairs.length} link${pairs.length === 1 ? "" : "s"}`;
  news({ phase: "round-trips", text, counts: { done: 0, total: pairs.length, unit: "links" } });
  const floors = await measureFloors(work, pairs);
  const trips = await Promise.all(pairs.map((pair) => checkRoundTrip(work, pair, floors)));
  const rates = new Map<Pair, Pick<LinkCheck, "rate" | "rateDown">>();
  for (const round of rounds(pairs, processorOf(testbed) === "hardware")) {
    await Promise.all(round.map(async (pair) => rates.set(pair, await checkRates(work, pair))));
  }
  return pairs.map((pair, position) => ({
    link: pair.link,
    from: pair.from.name,
    to: pair.to.name,
    ...(trips[position] ?? { roundTrip: roundTripNotMeasured(pair, "not asked") }),
    ...rates.get(pair),
  }));
}

async function ping(
  { transport, testbed, signal }: Work,
  from: MachineOutputs,
  address: string,
  intervalMs: number,
): Promise<Ping | string> {
  const count = Math.max(10, Math.min(effort[processorOf(testbed)].pings, Math.floor(mostPingMs / intervalMs)));
  // ping ends with 1 when nothing came back; its summary says so, too.
  const command = `command -v ping >/dev/null || { echo 'no ping on this machine' >&2; exit 9; }; ping -n -i ${intervalMs / 1000} -c ${count} -W 3 ${address} || true`;
  try {
    const limitMs = count * intervalMs + patienceMs;
    const output = await transport.run(from, command, { what: `ping ${address}`, limitMs, mostBytes, signal });
    return parsePing(output) ?? "no ping was answered";
  } catch (error) {
    signal?.throwIfAborted();
    return messageOf(error);
  }
}

/** A way to a host: "cloud-0 10.83.255.254". */
const wayOf = ({ name }: MachineOutputs, address: string): string => `${name} ${address}`;

/**
 * Both machines' round trips to the lower one's host, by {@link wayOf}; that way is not shaped, and between hosts it has the
 * way between them in it once, as the pair's own has.
 */
async function measureFloors(work: Work, pairs: readonly Pair[]): Promise<Map<string, Ping>> {
  const { testbed } = work;
  const ways = new Map(
    pairs.flatMap(({ from, to }) => {
      const address = floorAddressOf(testbed, to);
      if (address === undefined) return [];
      return [from, to].map((machine) => [wayOf(machine, address), { machine, address }] as const);
    }),
  );
  const { intervalMs } = effort[processorOf(testbed)];
  const floors = await Promise.all(
    [...ways].map(async ([way, { machine, address }]) => {
      const result = await ping(work, machine, address, intervalMs);
      return typeof result === "string" ? [] : [[way, result] as const];
    }),
  );
  return new Map(floors.flat());
}

async function checkRoundTrip(
  work: Work,
  pair: Pair,
  floors: ReadonlyMap<string, Ping>,
): Promise<Pick<LinkCheck, "roundTrip" | "jitter" | "loss">> {
  const { intervalMs } = effort[processorOf(work.testbed)];
  const address = floorAddressOf(work.testbed, pair.to) ?? "";
  const result = await ping(work, pair.from, pair.to.address, pingIntervalMs(pair, intervalMs));
  if (typeof result === "string") return { roundTrip: roundTripNotMeasured(pair, result) };
  const tolerance = work.testbed.tolerance ?? defaultTolerances;
  const roundTrip = judgeRoundTrip(
    pair,
    result,
    floorOf(floors.get(wayOf(pair.from, address)), floors.get(wayOf(pair.to, address))),
    tolerance,
  );
  return { roundTrip, jitter: judgeJitter(roundTrip, result.received, tolerance), loss: judgeLoss(pair, result) };
}

async function checkRates(work: Work, pair: Pair): Promise<Pick<LinkCheck, "rate" | "rateDown">> {
  const { upMbit, downMbit } = pair;
  return {
    ...(upMbit === undefined ? {} : { rate: await checkRate(work, pair, "up", upMbit) }),
    ...(downMbit === undefined ? {} : { rateDown: await checkRate(work, pair, "down", downMbit) }),
  };
}

/** TCP: iperf3's server is on the upper machine, its client sends up, or asks it to send down. UDP: it is on the sender. */
async function checkRate(work: Work, pair: Pair, direction: "up" | "down", wantedMbit: number): Promise<RateCheck> {
  const { link, from, to } = pair;
  const { signal } = work;
  const notMeasured = (note: string): RateCheck => ({ wantedMbit, verdict: "not measured", note });
  const method = rateMethod(rateQuestion(work, pair, direction, wantedMbit));
  if (method.kind === "none") return notMeasured(method.reason);
  work.news({
    phase: "rate",
    text: `rate of ${link}, ${direction}`,
    of: { type: "link", name: link, part: direction },
  });
  const [sender, receiver] = direction === "up" ? [to, from] : [from, to];
  const iperf = (server: MachineOutputs, client: MachineOutputs, command: string, seconds?: number): Promise<string> =>
    runIperf(work, { server, client, command, seconds });
  try {
    if (method.kind === "tcp") {
      const output = await iperf(from, to, iperfClient(from.address, direction));
      return judgeRate(wantedMbit, wireMbit(parseIperf(output)), rateTolerance(work));
    }
    const output = await iperf(sender, receiver, pacedClient(sender.address, method), method.limitSeconds);
    const [measured, sent] = [parseIperf(output), parseSent(output)].map((one) =>
      one === undefined ? undefined : one * pacedOverhead(method),
    );
    const check = judgeRate(wantedMbit, measured ?? NaN, rateTolerance(work));
    if (check.verdict === "off" && sentTooLittle(sent, wantedMbit)) {
      return notMeasured(`${sender.name} itself sent only ${(sent ?? 0).toFixed(2)} Mbit/s`);
    }
    return check;
  } catch (error) {
    signal?.throwIfAborted();
    return notMeasured(messageOf(error));
  }
}

function rateQuestion(
  { testbed }: Work,
  { down, up, downMbit, upMbit, ...pair }: Pair,
  direction: "up" | "down",
  wantedMbit: number,
): RateQuestion {
  return {
    wantedMbit,
    roundTripMs: wantedRoundTripMs({ down, up, downMbit, upMbit, ...pair }),
    jitterMs: Math.max(down.jitterMs, up.jitterMs),
    lossPercent: (direction === "up" ? up : down).lossPercent,
    slowestMbit: Math.min(downMbit ?? Infinity, upMbit ?? Infinity),
    highestMbit: measurableMbit[processorOf(testbed)],
  };
}

interface IperfRun {
  server: MachineOutputs;
  client: MachineOutputs;
  command: string;
  /** That it may need beside the usual. */
  seconds?: number | undefined;
}

async function runIperf(
  { transport, signal }: Work,
  { server, client, command, seconds = 0 }: IperfRun,
): Promise<string> {
  await transport.run(server, startIperf(seconds), { what: "start iperf3", limitMs: patienceMs, mostBytes, signal });
  const limitMs = patienceMs + 1000 * seconds;
  return transport.run(client, command, { what: `measure the rate to ${server.name}`, limitMs, mostBytes, signal });
}

const rateTolerance = ({ testbed }: Work): number => (testbed.tolerance ?? defaultTolerances).ratePercent;
