import { jest } from "@jest/globals";
import type { Happening } from "../../../events/event.ts";

/** What the command did, in its order. */
const done: string[] = [];
const note = (what: string) => () => Promise.resolve(done.push(what)).then(() => undefined);

jest.unstable_mockModule("../../../cli/experiment.ts", () => ({ prepareExperiment: note("set up what lacks") }));
jest.unstable_mockModule("../../../cli/testbed/owner.ts", () => ({
  asOwner: (_command: string, _stack: string, work: () => Promise<unknown>) => work(),
  takeOver: note("take over what engines have left"),
}));
jest.unstable_mockModule("../../../cli/pulumi/run.ts", () => ({
  // Of no backend of files, so without a journal.
  engineFolder: () => undefined,
  ensureStack: note("make the stack"),
  pulumiOutput: (args: string[]) => note(`pulumi ${args.join(" ")}`)(),
  runPulumi: (args: string[]) => note(`pulumi ${args.join(" ")}`)().then(() => 0),
}));
jest.unstable_mockModule("../../../cli/testbed/pending.ts", () => ({ forgetTaken: note("forget what was pending") }));
/** Whether the experiment says `prepared: testbed`, and what comes of bringing it back. */
let prepared: { stack: string; name: string } | undefined;
let brought: "restored" | "failed" | "absent";
jest.unstable_mockModule("../../../cli/snapshots/prepared.ts", () => ({
  preparedTestbed: () => prepared,
  bringBack: (_prepared: object, { signal }: { signal: AbortSignal }) =>
    note(`bring back (${signal.aborted})`)().then(() => brought),
  keepPrepared: note("save it"),
}));
jest.unstable_mockModule("../../../cli/snapshots/interrupted.ts", () => ({
  noteEnd: () => done.push("nothing is under way"),
}));
const { up } = await import("../../../cli/up.ts");

beforeEach(() => {
  done.length = 0;
  prepared = undefined;
});

test.each([
  ["restored", []],
  ["absent", []],
  // What is there of it would be taken for whole.
  ["failed", ["pulumi destroy --stack lab --yes --skip-preview --parallel 64 --json", "nothing is under way"]],
] as const)(
  "prepared: testbed, %s: what was brought back is changed to what the file says, else it is built; then it is saved",
  async (how, removal) => {
    prepared = { stack: "lab", name: "prepared-0123456789abcdef" };
    brought = how;
    expect(await up("lab", { yes: true })).toBe(0);
    expect(done.slice(3)).toEqual([
      "bring back (false)",
      ...removal,
      "pulumi up --stack lab --yes --skip-preview --parallel 64 --json",
      "forget what was pending",
      "save it",
    ]);
  },
);

test("where the engine comes with the setting up, what another has left is taken over after that", async () => {
  expect(await up("lab", { yes: true })).toBe(0);
  expect(done).toEqual([
    "set up what lacks",
    "take over what engines have left",
    "make the stack",
    "pulumi up --stack lab --yes --skip-preview --parallel 64 --json",
    "forget what was pending",
  ]);
});

test("--lease: for this update, and kept for later ones only once it begins", async () => {
  try {
    await up("lab", { yes: true, lease: "8h" });
    expect(process.env.STRATA_LEASE).toBe("8h");
    expect(done.slice(2, 4)).toEqual([
      "make the stack",
      "pulumi config set --stack lab --path strata:testbed.lease 8h",
    ]);
  } finally {
    delete process.env.STRATA_LEASE;
  }
});

test("--outputs: the stack's own, after it", async () => {
  expect(await up("lab", { yes: true, outputs: true })).toBe(0);
  expect(done.at(-1)).toBe("pulumi stack output --stack lab");
});

test("what happens is told from the command's beginning to its end", async () => {
  const told: Happening[] = [];
  await up("lab", { yes: true, tell: (happening) => told.push(happening) });
  const item = { type: "command", name: "up" };
  expect(told).toEqual([
    { kind: "started", item },
    { kind: "ended", item, outcome: "done", seconds: expect.any(Number), exitStatus: 0 },
  ]);
});
