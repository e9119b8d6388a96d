import { jest } from "@jest/globals";

/** What the command did, in its order. */
const done: string[] = [];
const note = (what: string) => () => Promise.resolve(done.push(what)).then(() => undefined);

jest.unstable_mockModule("../../../cli/experiment.ts", () => ({ prepareExperiment: note("set up what lacks") }));
jest.unstable_mockModule("../../../cli/owner.ts", () => ({
  asOwner: (_command: string, _stack: string, work: () => Promise<unknown>) => work(),
  takeOver: note("take over what engines have left"),
}));
jest.unstable_mockModule("../../../cli/pulumi.ts", () => ({
  ensureStack: note("make the stack"),
  runPulumi: () => note("run the engine")().then(() => 0),
}));
jest.unstable_mockModule("../../../cli/pending.ts", () => ({ forgetTaken: note("forget what was pending") }));
const { up } = await import("../../../cli/up.ts");

test("where the engine comes with the setting up, what another has left is taken over after that", async () => {
  expect(await up("lab", { yes: true })).toBe(0);
  expect(done).toEqual([
    "set up what lacks",
    "take over what engines have left",
    "make the stack",
    "run the engine",
    "forget what was pending",
  ]);
});
