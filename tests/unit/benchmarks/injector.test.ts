import { setTimeout } from "node:timers/promises";
import type { FaultOrder } from "../../../benchmarks/injection/faultOrders.ts";
import { RemoteInjector } from "../../../benchmarks/injection/remoteInjector.ts";
import type { Transport } from "../../../benchmarks/transport/transport.ts";
import { shapingBatch } from "../../../providers/strata/net/batch.ts";
import type { ShapingRule } from "../../../providers/strata/net/rules.ts";
import { InjectedMachine } from "../../support/workload/injectedMachine.ts";
import { patient } from "../../support/patience.ts";
import { until } from "../../support/until.ts";

const edge: ShapingRule = { cidr: "10.83.64.0/18", latencyMs: 7, jitterMs: 0, lossPercent: 0, limitPackets: 1000 };
const endpoint: ShapingRule = { ...edge, cidr: "10.83.128.0/18", latencyMs: 45, jitterMs: 5, rateMbit: 12 };
const phone: ShapingRule = { ...endpoint, cidr: "10.83.128.4/32", latencyMs: 60 };
/** Steps are so far apart that this machine has time for each. */
const unitMs = patient(200);
const steps = `0 10 - - - 1000\n${3 * unitMs} 20 0 1.5 - 1000\n`;
const traced: ShapingRule = { ...edge, trace: { file: "x", sha256: "y", loop: true, lengthMs: 6 * unitMs, steps } };

const order = (more: Partial<FaultOrder>): FaultOrder => ({
  ...{ fault: 0, addresses: ["10.83.128.1"], atMs: 2 * unitMs, forMs: 3 * unitMs, lossPercent: 100, addedMs: 0 },
  ...more,
});

/** netem's parameters of a change, with its class. */
const changes = (machine: InjectedMachine): string[] =>
  machine.log.map(({ what }) => what.replace(/qdisc change dev eth0 parent (\S+) handle \S+ netem /, "$1 "));

const plain = "0us 0% loss 0% corrupt 0% reorder 0%";
const radio = "5000us 0% distribution normal";
const rest = "corrupt 0% reorder 0% rate 12000000bit";

let machine: InjectedMachine;
let injector: RemoteInjector;
afterEach(async () => {
  await machine.ended();
  machine.remove();
});

function onMachine(rules: Record<string, ShapingRule>, transport = (one: Transport) => one): void {
  machine = new InjectedMachine(shapingBatch({ rules }, "eth0"));
  injector = new RemoteInjector(transport(machine.transport), machine, { limitMs: patient(20_000) });
}

const start = (...faults: FaultOrder[]): Promise<void> =>
  injector.start(faults, { lifetimeMs: patient(60_000), signal: new AbortController().signal });

test("a trace is replayed and a fault injected in time, and undone at the end", async () => {
  onMachine({ edge: traced, endpoint });
  await start(order({}));
  expect(machine.active).toBe(true);
  const beginMs = Date.now() + 3 * unitMs;
  injector.begin(beginMs);
  await setTimeout(beginMs + 10.5 * unitMs - Date.now());
  const result = (await injector.end())!;
  await machine.ended();
  const plug = "dev eth0 parent 20:1 handle 1000:";
  const fast =
    "class change dev eth0 parent 1:1 classid 1:20 htb rate 100gbit ceil 100gbit burst 10mb cburst 10mb quantum 60000";
  const slow = fast.replace(/rate .*/, "rate 1500000bit ceil 1500000bit burst 1600 cburst 1600 quantum 1514");
  expect(changes(machine)).toEqual([
    "ethtool -K eth0 tso off gso off gro off",
    `qdisc add ${plug} plug limit 1514000`,
    `qdisc change ${plug} plug release_indefinite`,
    // Before the start the first values hold.
    `1:20 limit 1000 delay 10000us ${plain} rate 100gbit`,
    `1:30 limit 1000 delay 45000us ${radio} loss 100% ${rest}`,
    // The trace's rate is its class's.
    `1:20 limit 1000 delay 20000us ${plain} rate 100gbit`,
    slow,
    `1:30 limit 1000 delay 45000us ${radio} loss 0% ${rest}`,
    `1:20 limit 1000 delay 10000us ${plain} rate 100gbit`,
    fast,
    `1:20 limit 1000 delay 20000us ${plain} rate 100gbit`,
    slow,
    `1:20 limit 1000 delay 7000us ${plain} rate 100gbit`,
    fast,
    `qdisc del ${plug}`,
    "ethtool -K eth0 tso on gso on gro on",
  ]);
  const planned = [2, 3, 5, 6, 9].map((units) => units * unitMs);
  const begun = machine.log.filter(({ what }) => /^qdisc change.* netem /.test(what)).slice(1, -1);
  const lateness = begun.map(({ ms }, i) => ms - beginMs - planned[i]!);
  expect(Math.min(...lateness)).toBeGreaterThan(-2);
  // None was later than the injector says.
  const latestMs = result.latenessMs.max + 2;
  expect(Math.max(...lateness)).toBeLessThan(latestMs);
  expect(result).toMatchObject({ changes: 7, skipped: 0, errors: [], restored: true });
  expect(result.startedMs! - beginMs).toBeGreaterThan(-2);
  const [fault] = result.faults;
  const times = [fault!.beganMs - beginMs - 2 * unitMs, fault!.endedMs! - beginMs - 5 * unitMs];
  expect(times.map((ms) => ms > -2 && ms < latestMs)).toEqual([true, true]);
  expect(machine.active).toBe(false);
});

test("an outage holds what comes, before its end the new rate is set; what begins with one waits for the start", async () => {
  const outage = `0 - - 0 - 1000\n${unitMs} - - 5 - 1000\n${2 * unitMs} - - 0 - 1000\n`;
  const rule = { ...edge, trace: { file: "x", sha256: "y", loop: false, lengthMs: 3 * unitMs, steps: outage } };
  onMachine({ edge: rule, "edge-3": { ...rule, cidr: "10.83.64.4/32" } });
  const times = { atMs: 1.25 * unitMs, forMs: 0.5 * unitMs };
  await start(order({ addresses: ["10.83.64.4"], ...times, lossPercent: 0, addedMs: 40 }));
  injector.begin(Date.now() + 1.5 * unitMs);
  await until(
    "the second outage",
    10_000,
    () => changes(machine).filter((what) => what.endsWith("block")).length === 4,
    20,
  );
  const result = (await injector.end())!;
  await machine.ended();
  expect(result).toMatchObject({ errors: [], restored: true });
  const of = (text: string): string[] =>
    changes(machine)
      .filter((what) => what.includes(text))
      .map((what) => what.replace(/(class|qdisc) (\w+) dev eth0 parent \S+ (classid|handle) \S+ (htb|plug) /, "$2 "));
  const fast = "change rate 100gbit ceil 100gbit burst 10mb cburst 10mb quantum 60000";
  const slow = "change rate 5000000bit ceil 5000000bit burst 2500 cburst 2500 quantum 1514";
  expect([...of(" 20:1 handle 1001:"), ...of("classid 1:20 ")]).toEqual([
    ...["add limit 1514000", "change release_indefinite", "change block", "change release_indefinite", "change block"],
    ...["change release_indefinite", "qdisc del dev eth0 parent 20:1 handle 1001:"],
    ...[slow, slow, fast],
  ]);
  // 5 Mbit/s x 40 ms, twice: 34 packets more.
  expect(of("1:8003 limit")).toEqual([
    `1:8003 limit 1034 delay 47000us ${plain} rate 100gbit`,
    `1:8003 limit 1000 delay 7000us ${plain} rate 100gbit`,
  ]);
});

test("a trace of rules from before this version is replayed as it was written", async () => {
  onMachine({ endpoint });
  const values = `limit 1000 delay 45000us ${radio} loss 0% corrupt 0% reorder 0%`;
  const input = `# trace 30 loop 600\n# step 30 0 ${values} rate 1000000bit\n`;
  await machine.transport.run(machine, "cat >> /etc/strata/shaping.tc", { what: "", limitMs: patient(5000), input });
  await start();
  injector.begin(Date.now());
  await until("the first values", 10_000, () => changes(machine).length > 0, 20);
  await injector.end();
  expect(changes(machine)).toEqual([
    `1:30 ${values} rate 1000000bit`,
    `1:30 limit 1000 delay 45000us ${radio} loss 0% ${rest}`,
  ]);
});

test("a fault that lasts at the end is undone; added delays make room, losses are of single packets", async () => {
  onMachine({ edge, endpoint, "endpoint-3": phone });
  const loss = order({ lossPercent: 20, atMs: 0, forMs: patient(60_000) });
  // The machine with a rule of its own is one of the tier's.
  const all = ["10.83.128.1", "10.83.128.4"];
  await start(loss, order({ fault: 1, addresses: all, atMs: 0, forMs: patient(60_000), lossPercent: 0, addedMs: 100 }));
  injector.begin(Date.now());
  await until("both changes", 60_000, () => machine.log.length >= 3, 20);
  const result = await injector.end();
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

test("an injector that is killed leaves the machine's rules to the guard, and is named", async () => {
  onMachine({ endpoint });
  await start(order({ atMs: 0, lossPercent: 20 }));
  injector.begin(Date.now());
  await until("the fault to begin", 60_000, () => changes(machine).some((what) => what.includes("loss 20%")), 20);
  machine.kill();
  await machine.ended();
  expect(changes(machine).slice(-2)).toEqual(["ethtool -K eth0 tso on gso on gro on", "applied anew"]);
  expect(machine.active).toBe(false);
  await expect(injector.end()).rejects.toThrow("cloud-0: the links' injector failed: it ended before the run did");
});

test("when the runner dies, the injector undoes what it did", async () => {
  let told: () => void = () => undefined;
  onMachine({ endpoint }, (transport) => ({
    ...transport,
    // Its end of the connection closes with the process, as here.
    converse: async (...args) => {
      const conversation = await transport.converse(...args);
      told = () => void conversation.end(patient(10_000));
      return conversation;
    },
  }));
  await start(order({ atMs: 0, forMs: patient(60_000) }));
  injector.begin(Date.now());
  await until("the change", 60_000, () => machine.log.length >= 1, 20);
  told();
  await machine.ended();
  expect(changes(machine).at(-1)).toBe(`1:30 limit 1000 delay 45000us ${radio} loss 0% ${rest}`);
  expect(machine.active).toBe(false);
});

test("a change that tc refuses is told, and the rules are applied anew", async () => {
  onMachine({ endpoint });
  await machine.transport.run(machine, "sed -i 's/corrupt 0%/bad 0% corrupt 0%/' /etc/strata/shaping.tc", {
    what: "",
    limitMs: patient(5000),
  });
  await start(order({ atMs: 0 }));
  injector.begin(Date.now());
  await until("the refusal", 60_000, () => machine.refuses, 20);
  const { errors, restored } = (await injector.end())!;
  expect(errors[0]).toMatch(/^tc qdisc change dev eth0 parent 1:30 .* bad 0% .*: Object .* is unknown/);
  expect(restored).toBe(false);
  await machine.ended();
  expect(changes(machine).at(-1)).toBe("applied anew");
});

test("a machine without rules, and an interrupted start", async () => {
  onMachine({ endpoint });
  await machine.transport.run(machine, "rm /etc/strata/shaping.tc", { what: "", limitMs: patient(5000) });
  await expect(start(order({}))).rejects.toThrow(/injector failed: .*ended with status 0[^]*No such file or directory/);
  await expect(injector.start([], { lifetimeMs: 1000, signal: AbortSignal.abort() })).rejects.toThrow(/abort/);
});
