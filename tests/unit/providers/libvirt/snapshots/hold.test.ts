import { setImmediate as settled } from "node:timers/promises";
import type { Channel } from "../../../../../providers/libvirt/rpc/channel.ts";
import type { Libvirt } from "../../../../../providers/libvirt/rpc/libvirt.ts";
import { Together, uninterrupted } from "../../../../../providers/libvirt/snapshots/hold.ts";

/** What was done to all machines, in order. */
let log: string[];
beforeEach(() => {
  log = [];
});

/** A machine that says these lines; of one that is a promise, when that comes. */
function machine(name: string, ...says: (string | Promise<string>)[]): { name: string; context: Libvirt } {
  const channel: Channel = {
    send: (line) => {
      log.push(`${name} is told to ${line === '{"hold":true}' ? "hold" : "go on"}`);
      return Promise.resolve();
    },
    line: () => Promise.resolve(says.shift() ?? `{"ready":"${name}"}`),
  };
  const context = {
    channel: (_ref: object, _port: string, _signal: object, work: (to: Channel) => object) => work(channel),
  };
  return { name, context: context as unknown as Libvirt };
}

/** Holds machines; those in `failing` fail to be started, or to be saved. */
function hold(
  machines: ReturnType<typeof machine>[],
  { signal = uninterrupted(), failing = [] as string[] } = {},
): Promise<string[]> {
  const together = new Together(machines.length);
  const attempt = (what: string, name: string): Promise<void> => {
    log.push(`${name} is ${what}`);
    return failing.includes(`${name} is ${what}`)
      ? Promise.reject(new Error(`${name} can't be ${what}`))
      : Promise.resolve();
  };
  const holds = machines.map(({ name, context }) =>
    together
      .hold(context, { name, uuid: name, id: 1 }, { start: () => attempt("started", name), signal }, () =>
        attempt("saved", name),
      )
      .then(
        () => "saved",
        (error: unknown) => (error as Error).message,
      ),
  );
  return Promise.all(holds);
}

test("nobody is held before all can be, and nobody saved before all are held", async () => {
  const [parks, stops] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
  const ends = hold([machine("a", "parked", "held"), machine("b", parks.promise, stops.promise)]);
  await settled();
  expect(log).toEqual(["a is started", "b is started"]);
  parks.resolve("parked");
  await settled();
  expect(log.splice(0).slice(2)).toEqual(["a is told to hold", "b is told to hold"]);
  stops.resolve("held");
  expect(await ends).toEqual(["saved", "saved"]);
  // Saved, they have ended.
  expect(log).toEqual(["a is saved", "b is saved"]);
});

test("where one can't be held, those that are held go on, and each says why", async () => {
  const ends = await hold([machine("a", "parked", "held"), machine("b", "parked", '{"error":"no cgroup \u001b[2J"}')]);
  const why = 'it can\'t be held still: {"error":"no cgroup \\u{1b}[2J"}';
  expect(ends).toEqual([why, why]);
  // The other one's program has ended with its word.
  expect(log.slice(2)).toEqual(["a is told to hold", "b is told to hold", "a is told to go on"]);
});

test("where a program does not start, nobody is held, and those whose program waits are told to go on", async () => {
  const ends = await hold([machine("a", "parked"), machine("b")], { failing: ["b is started"] });
  expect(ends).toEqual(["b can't be started", "b can't be started"]);
  expect(log).toEqual(["a is started", "b is started", "a is told to go on"]);
});

test("one that can't be saved goes on; the others are saved", async () => {
  const machines = ["a", "b"].map((name) => machine(name, "parked", "held"));
  expect(await hold(machines, { failing: ["a is saved"] })).toEqual(["a can't be saved", "saved"]);
  expect(log.slice(4)).toEqual(["a is saved", "b is saved", "a is told to go on"]);
});

test("of one that neither can be saved nor goes on, both reasons are said", async () => {
  const ends = await hold([machine("a", "parked", "held", '{"error":"no clock"}')], { failing: ["a is saved"] });
  expect(ends).toEqual(["a can't be saved; and it does not go on: the copy could not take its identity: no clock"]);
});

test("what is called off before they are held holds nobody; after that it is done all the same", async () => {
  const parks = Promise.withResolvers<string>();
  const before = new AbortController();
  const ends = hold([machine("a", "parked"), machine("b", parks.promise)], before);
  before.abort(new Error("called off"));
  parks.resolve("parked");
  expect(await ends).toEqual(["called off", "called off"]);
  expect(log.slice(2).sort()).toEqual(["a is told to go on", "b is told to go on"]);

  const stops = Promise.withResolvers<string>();
  const after = new AbortController();
  const saved = hold([machine("a", "parked", "held"), machine("b", "parked", stops.promise)], after);
  await settled();
  after.abort(new Error("called off"));
  stops.resolve("held");
  expect(await saved).toEqual(["saved", "saved"]);
});
