import { jest } from "@jest/globals";
import { Command } from "commander";
import { eventSchema } from "../../../events/event.ts";

/** What the command did, in its order, and how each part ends. */
const done: string[] = [];
const ends = { up: 0, bench: 0, destroy: 0 };

jest.unstable_mockModule("../../../cli/setup.ts", () => ({
  setUp: (_: unknown, { yes }: { yes?: boolean }) => Promise.resolve(done.push(yes ? "set up" : "ask and set up")),
}));
jest.unstable_mockModule("../../../cli/up.ts", () => ({
  up: (stack: string) => Promise.resolve(done.push(`up ${stack}`)).then(() => ends.up),
}));
jest.unstable_mockModule("../../../cli/bench.ts", () => ({
  bench: (stack: string) => Promise.resolve(done.push(`bench ${stack}`)).then(() => ends.bench),
}));
jest.unstable_mockModule("../../../cli/destroy.ts", () => ({
  destroy: (stack: string) => Promise.resolve(done.push(`destroy ${stack}`)).then(() => ends.destroy),
}));
jest.unstable_mockModule("../../../benchmarks/stack.ts", () => ({
  testbedOfStack: () => Promise.resolve({ machines: [{ name: "edge-0" }] }),
}));
const { register } = await import("../../../cli/quickstart.ts");

let printed = "";
let status: typeof process.exitCode;
beforeEach(() => {
  done.length = 0;
  printed = "";
  status = process.exitCode;
  Object.assign(ends, { up: 0, bench: 0, destroy: 0 });
  jest.spyOn(process.stdout, "write").mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});
afterEach(() => {
  jest.restoreAllMocks();
  process.exitCode = status;
});

async function quickstart(...flags: string[]): Promise<typeof process.exitCode> {
  const program = new Command();
  register(program);
  await program.parseAsync(["quickstart", ...flags], { from: "user" });
  return process.exitCode;
}

test("sets up, builds, measures, and says how to go on", async () => {
  expect(await quickstart()).toBe(0);
  expect(done).toEqual(["ask and set up", "up quickstart", "bench quickstart"]);
  for (const command of ["ssh quickstart edge-0", "preview quickstart --diff", "destroy quickstart"])
    expect(printed).toContain(`./strata ${command}`);
});

test("--destroy removes the testbed at the end, whatever was measured", async () => {
  expect(await quickstart("--yes", "--destroy")).toBe(0);
  expect(done).toEqual(["set up", "up quickstart", "bench quickstart", "destroy quickstart"]);
  ends.bench = 3;
  expect(await quickstart("--yes", "--destroy")).toBe(3);
  expect(done.at(-1)).toBe("destroy quickstart");
});

test("its exit status is the benchmark's, or the removal's where that failed", async () => {
  ends.bench = 5;
  expect(await quickstart("--yes")).toBe(5);
  Object.assign(ends, { bench: 0, destroy: 1 });
  expect(await quickstart("--yes", "--destroy")).toBe(1);
});

test("what could not be built is not measured", async () => {
  ends.up = 1;
  await expect(quickstart("--yes")).rejects.toThrow("the testbed could not be built; mend it and run this again");
  expect(done).toEqual(["set up", "up quickstart"]);
});

test("an interrupted build is told by its status, as one by itself is", async () => {
  ends.up = 130;
  expect(await quickstart("--yes")).toBe(130);
  expect(done).toEqual(["set up", "up quickstart"]);
});

test("--events: JSON lines and nothing else, ended by what it ends with", async () => {
  ends.bench = 4;
  expect(await quickstart("--yes", "--events")).toBe(4);
  const events = printed
    .trim()
    .split("\n")
    .map((line) => eventSchema.parse(JSON.parse(line)));
  expect(events.map(({ kind, item, command }) => [kind, item?.name, command])).toEqual([
    ["started", "quickstart", "quickstart"],
    ["ended", "quickstart", "quickstart"],
  ]);
  expect(events.at(-1)).toMatchObject({ outcome: "failed", exitStatus: 4 });
});
