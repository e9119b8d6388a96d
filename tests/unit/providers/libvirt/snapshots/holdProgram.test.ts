import { hostname } from "node:os";
import { HoldProgram } from "../../../../support/holdProgram.ts";
import { until } from "../../../../support/until.ts";

const wake = { entropy: "00ff".repeat(16), time: 1.8e18 };
const groups = ["init.scope", "system.slice"];

let program: HoldProgram;
afterEach(() => {
  program.remove();
});

const both = (state: string | undefined): object => Object.fromEntries(groups.map((group) => [group, state]));
const freezing = (): Promise<void> =>
  until("both groups to be told", 10_000, () => groups.every((group) => program.freeze[group] === "1"), 10);

test("it holds all but itself still, and lets go once the clock is right and random numbers are new", async () => {
  program = new HoldProgram(groups);
  expect(await program.line()).toBe("parked");
  expect(program.freeze).toEqual({ ...both(undefined), "strata-hold": undefined });
  await program.send({ hold: true });
  await freezing();
  const said = program.line();
  program.stop("init.scope");
  expect(await Promise.race([said, new Promise((resolve) => setTimeout(resolve, 300, "nothing"))])).toBe("nothing");
  program.stop("system.slice");
  expect(await said).toBe("held");
  expect(program.freeze).toEqual({ ...both("1"), "strata-hold": undefined });
  await program.send(wake);
  expect(await program.line()).toBe(JSON.stringify({ ready: hostname() }).replace(":", ": "));
  expect(await program.ended()).toBe(0);
  // linux/random.h: bits, bytes, and what they are.
  expect(program.done).toEqual([
    ["ioctl 0x40085203", `0001000020000000${wake.entropy}`, ["1"]],
    ["ioctl 0x5207", "", ["1"]],
    ["time", wake.time, ["1"]],
  ]);
  expect(program.freeze).toEqual(both("0"));
});

test("woken without having held, it says that it is ready", async () => {
  program = new HoldProgram(groups);
  await program.line();
  await program.send(wake);
  expect(await program.line()).toMatch(/^\{"ready": /);
  expect(await program.ended()).toBe(0);
  expect(program.done).toHaveLength(3);
});

test.each([
  ["before", false],
  ["while", true],
])("where nobody is at the port's other end any more %s it holds, all goes on by itself", async (_when, holds) => {
  program = new HoldProgram(groups, { ALONE_SECONDS: 0.3 });
  await program.line();
  if (holds) {
    for (const group of groups) program.stop(group);
    await program.send({ hold: true });
    expect(await program.line()).toBe("held");
  }
  await program.hangUp();
  await program.ended();
  expect(program.freeze).toMatchObject(both("0"));
  expect(program.done).toEqual([]);
});

test("what never comes has a limit, though somebody is there", async () => {
  program = new HoldProgram(groups, { IN_ALL_SECONDS: 0.3 });
  await program.line();
  expect(await program.line()).toBe('{"error": "nobody is at the port\'s other end"}');
  expect(await program.ended()).toBe(0);
});

test("processes that don't stop are named as the reason, and the others go on", async () => {
  program = new HoldProgram(groups, { FREEZE_SECONDS: 0.2 });
  await program.line();
  program.stop("init.scope");
  await program.send({ hold: true });
  expect(await program.line()).toBe('{"error": "not all processes stopped within a minute"}');
  expect(await program.ended()).toBe(0);
  expect(program.freeze).toEqual(both("0"));
});

test.each([
  ["no time", { entropy: "00" }, '{"error": "\'time\'"}'],
  ["entropy that is none", { entropy: "xyz", time: 1 }, '{"error": "non-hexadecimal number found'],
])("told %s, it lets go and says so", async (_what, told, said) => {
  program = new HoldProgram(groups);
  for (const group of groups) program.stop(group);
  await program.line();
  await program.send({ hold: true });
  await program.line();
  await program.send(told);
  expect((await program.line()).startsWith(said)).toBe(true);
  await program.ended();
  expect(program.freeze).toEqual(both("0"));
});
