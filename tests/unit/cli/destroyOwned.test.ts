import { jest } from "@jest/globals";
import { ownState } from "../../support/keptSnapshot.ts";

let refused = false;
let exitStatus = 0;
const nothing = () => Promise.resolve();
jest.unstable_mockModule("../../../cli/pulumi/run.ts", () => ({
  stackNames: () => Promise.resolve(["lab"]),
  runPulumi: () => Promise.resolve(0),
  pulumiOutput: nothing,
}));
jest.unstable_mockModule("../../../providers/strata/host/host.ts", () => ({
  ensureHost: nothing,
  hostStatus: () => Promise.resolve({ leases: [] }),
  closeHost: () => Promise.resolve([]),
}));
jest.unstable_mockModule("../../../cli/engine/run.ts", () => ({ runEngine: () => Promise.resolve({ exitStatus }) }));
jest.unstable_mockModule("../../../cli/testbed/pending.ts", () => ({ finishPending: nothing }));
jest.unstable_mockModule("../../../cli/testbed/consent.ts", () => ({
  agreed: [],
  consent: () => (refused ? Promise.reject(new Error("nothing was changed")) : Promise.resolve([])),
}));
const { destroyOwned } = await import("../../../cli/testbed/destroy.ts");
const { noteBegin, unfinished } = await import("../../../cli/snapshots/interrupted.ts");

ownState();
beforeEach(() => {
  noteBegin("lab", { doing: "restore", snapshot: "idle", infrastructure: "libvirt" });
});

test("a testbed that was being brought back is not whole before it has gone", async () => {
  refused = true;
  await expect(destroyOwned("lab", {})).rejects.toThrow("nothing was changed");
  refused = false;
  exitStatus = 1;
  expect((await destroyOwned("lab", {})).exitStatus).toBe(1);
  expect(unfinished("lab")).toBeDefined();
  exitStatus = 0;
  expect((await destroyOwned("lab", {})).exitStatus).toBe(0);
  expect(unfinished("lab")).toBeUndefined();
});
