import { setTimeout } from "node:timers/promises";
import type { FaultOrder } from "../../../benchmarks/timeline/faultOrders.ts";
import { RemotePlayer } from "../../../benchmarks/timeline/remotePlayer.ts";
import type { Transport } from "../../../benchmarks/transport/transport.ts";
import { shapingBatch } from "../../../providers/strata/net/batch.ts";
import type { ShapingRule } from "../../../providers/strata/net/rules.ts";
import { PlayedMachine } from "../../support/workload/playedMachine.ts";

const edge: ShapingRule = { cidr: "10.83.64.0/18", latencyMs: 7, jitterMs: 0, lossPercent: 0, limitPackets: 1000 };
const endpoint: ShapingRule = { ...edge, cidr: "10.83.128.0/18", latencyMs: 45, jitterMs: 5, rateMbit: 12 };
const phone: ShapingRule = { ...endpoint, cidr: "10.83.128.4/32", latencyMs: 60 };
const steps = "0 10 - - - 1000\n300 20 0 1.5 - 1000\n";
const traced: ShapingRule = { ...edge, trace: { file: "x", sha256: "y", loop: true, lengthMs: 600, steps } };

const order = (more: Partial<FaultOrder>): FaultOrder => ({
  ...{ fault: 0, addresses: ["10.83.128.1"], atMs: 200, forMs: 300, lossPercent: 100, addedMs: 0 },
  ...more,
});

/** netem's parameters of a change, with its class. */
const changes = (machine: PlayedMachine): string[] =>
  machine.log.map(({ what }) => what.replace(/qdisc change dev eth0 parent (\S+) handle \S+ netem /, "$1 "));

const plain = "0us 0% loss 0% corrupt 0% reorder 0%";
const radio = "5000us 0% distribution normal";
const rest = "corrupt 0% reorder 0% rate 12000000bit";

let machine: PlayedMachine;
let player: RemotePlayer;
afterEach(async () => {
  await machine.ended();
  machine.remove();
});

function onMachine(rules: Record<string, ShapingRule>, transport = (one: Transport) => one): void {
  machine = new PlayedMachine(shapingBatch({ rules }, "eth0"));
  player = new RemotePlayer(transport(machine.transport), machine, { limitMs: 20_000 });
}

const start = (...faults: FaultOrder[]): Promise<void> =>
  player.start(faults, { lifetimeMs: 60_000, signal: new AbortController().signal });

test("a trace and a fault are played in time, and undone at the end", async () => {
  onMachine({ edge: traced, endpoint });
  await start(order({}));
  expect(machine.playing).toBe(true);
  const beginMs = Date.now() + 300;
  player.begin(beginMs);
  await setTimeout(beginMs + 1050 - Date.now());
  const result = (await player.end())!;
  await machine.ended();
  expect(changes(machine)).toEqual([
    // Before the start the first values hold.
    `1:20 limit 1000 delay 10000us ${plain} rate 100gbit`,
    `1:30 limit 1000 delay 45000us ${radio} loss 100% ${rest}`,
    `1:20 limit 1000 delay 20000us ${plain} rate 1500000bit`,
    `1:30 limit 1000 delay 45000us ${radio} loss 0% ${rest}`,
    `1:20 limit 1000 delay 10000us ${plain} rate 100gbit`,
    `1:20 limit 1000 delay 20000us ${plain} rate 1500000bit`,
    `1:20 limit 1000 delay 7000us ${plain} rate 100gbit`,
  ]);
  const planned = [200, 300, 500, 600, 900];
  const lateness = machine.log.slice(1, -1).map(({ ms }, i) => ms - beginMs - planned[i]!);
  expect(Math.min(...lateness)).toBeGreaterThan(-2);
  // Most of it is this host's, with two things to do at once.
  expect(lateness.toSorted((a, b) => a - b)[2]).toBeLessThan(100);
  expect(result).toMatchObject({ changes: 7, skipped: 0, errors: [], restored: true });
  expect(result.startedMs! - beginMs).toBeGreaterThan(-2);
  const [fault] = result.faults;
  expect([fault!.beganMs - beginMs - 200, fault!.endedMs! - beginMs - 500].every((ms) => ms > -2 && ms < 250)).toBe(
    true,
  );
  expect(machine.playing).toBe(false);
});

test("a fault that lasts at the end is undone; added delays make room, losses are of single packets", async () => {
  onMachine({ edge, endpoint, "endpoint-3": phone });
  const loss = order({ lossPercent: 20, atMs: 0, forMs: 60_000 });
  // The machine with a rule of its own is one of the tier's.
  const all = ["10.83.128.1", "10.83.128.4"];
  await start(loss, order({ fault: 1, addresses: all, atMs: 0, forMs: 60_000, lossPercent: 0, addedMs: 100 }));
  player.begin(Date.now());
  await setTimeout(400);
  const result = await player.end();
  expect(changes(machine)).toEqual([
    "ethtool -K eth0 tso off gso off gro off",
    // 2 x 12 Mbit/s x 100 ms / 12,000 bit
    `1:c003 limit 1200 delay 160000us ${radio} loss 0% ${rest}`,
    `1:30 limit 1200 delay 145000us ${radio} loss 20% ${rest}`,
    `1:c003 limit 1000 delay 60000us ${radio} loss 0% ${rest}`,
    `1:30 limit 1000 delay 45000us ${radio} loss 0% ${rest}`,
    "ethtool -K eth0 tso on gso on gro on",
  ]);
  expect(result!.faults.map(({ fault, endedMs }) => [fault, endedMs !== null])).toEqual([
    [0, true],
    [1, true],
  ]);
});

test("a player that is killed leaves the machine's rules to the guard, and is named", async () => {
  onMachine({ endpoint });
  await start(order({ atMs: 0, lossPercent: 20 }));
  player.begin(Date.now());
  await setTimeout(300);
  machine.kill();
  await machine.ended();
  expect(changes(machine).slice(-2)).toEqual(["ethtool -K eth0 tso on gso on gro on", "applied anew"]);
  expect(machine.playing).toBe(false);
  await expect(player.end()).rejects.toThrow("cloud-0: the links' player failed: it ended before the run did");
});

test("when the runner dies, the player undoes what it did", async () => {
  let told: () => void = () => undefined;
  onMachine({ endpoint }, (transport) => ({
    ...transport,
    // Its end of the connection closes with the process, as here.
    converse: async (...args) => {
      const conversation = await transport.converse(...args);
      told = () => void conversation.end(10_000);
      return conversation;
    },
  }));
  await start(order({ atMs: 0, forMs: 60_000 }));
  player.begin(Date.now());
  await setTimeout(300);
  told();
  await machine.ended();
  expect(changes(machine).at(-1)).toBe(`1:30 limit 1000 delay 45000us ${radio} loss 0% ${rest}`);
  expect(machine.playing).toBe(false);
});

test("a change that tc refuses is told, and the rules are applied anew", async () => {
  onMachine({ endpoint });
  await machine.transport.run(machine, "sed -i 's/corrupt 0%/bad 0% corrupt 0%/' /etc/strata/shaping.tc", {
    what: "",
    limitMs: 5000,
  });
  await start(order({ atMs: 0 }));
  player.begin(Date.now());
  await setTimeout(600);
  const { errors, restored } = (await player.end())!;
  expect(errors[0]).toMatch(/^tc qdisc change dev eth0 parent 1:30 .* bad 0% .*: Object .* is unknown/);
  expect(restored).toBe(false);
  await machine.ended();
  expect(changes(machine).at(-1)).toBe("applied anew");
});

test("a machine without rules, and an interrupted start", async () => {
  onMachine({ endpoint });
  await machine.transport.run(machine, "rm /etc/strata/shaping.tc", { what: "", limitMs: 5000 });
  await expect(start(order({}))).rejects.toThrow(/player failed: .*ended with status 0[^]*No such file or directory/);
  await expect(player.start([], { lifetimeMs: 1000, signal: AbortSignal.abort() })).rejects.toThrow(/abort/);
});
