import { jest } from "@jest/globals";
import { existsSync, mkdirSync } from "node:fs";
import { ownState } from "../../../support/keptSnapshot.ts";

/** What was done, in order. */
const log: string[] = [];
let failing: string | undefined;
const step = (what: string): Promise<void> => {
  log.push(what);
  return what === failing ? Promise.reject(new Error("no host")) : Promise.resolve();
};
jest.unstable_mockModule("../../../../providers/strata/host/host.ts", () => ({ ensureHost: () => step("host") }));
jest.unstable_mockModule("../../../../cli/terminal/say.ts", () => ({
  say: (text: string) => log.push(`says: ${text}`),
}));
jest.unstable_mockModule("../../../../cli/snapshots/machineStates.ts", () => ({
  machinesOf: (stack: string, infrastructure: string) =>
    step(`machines of ${stack} (${infrastructure})`).then(() => ({
      states: { goOn: () => step("go on").then(() => ["cloud-0", "edge-0"]), close: () => log.push("close") },
    })),
}));
jest.unstable_mockModule("../../../../cli/snapshots/restore.ts", () => ({
  restoreSnapshot: (stack: string, name: string) =>
    step(`restore ${stack} ${name}`).then(() => {
      noteEnd(stack);
    }),
}));
const { finishUnfinished } = await import("../../../../cli/snapshots/finish.ts");
const { noteBegin, noteEnd, unfinished } = await import("../../../../cli/snapshots/interrupted.ts");
const { passingDirectory } = await import("../../../../cli/snapshots/folder.ts");

ownState();
beforeEach(() => {
  log.length = 0;
  failing = undefined;
});

function begun(doing: "save" | "restore"): void {
  noteBegin("lab", { doing, snapshot: "idle", infrastructure: "libvirt" });
  if (doing === "save") mkdirSync(passingDirectory("lab", "idle"), { recursive: true });
}
const isUnderWay = (): boolean => unfinished("lab") !== undefined || existsSync(passingDirectory("lab", "idle"));

test("where nothing was begun, nothing is done", async () => {
  await finishUnfinished("up", "lab");
  expect(log).toEqual([]);
});

const goneOn = ["host", "machines of lab (libvirt)", "go on"];

test.each(["up", "destroy"])(
  "before %s, machines that a killed run was saving go on, and what it had saved goes",
  async (command) => {
    begun("save");
    await finishUnfinished(command, "lab");
    expect(log).toEqual([
      ...goneOn,
      "says: a killed run was saving lab: cloud-0, edge-0 went on where they were",
      "close",
    ]);
    expect(isUnderWay()).toBe(false);
  },
);

test("those that a killed run was bringing back are brought back", async () => {
  begun("restore");
  await finishUnfinished("up", "lab");
  expect(log).toEqual([
    "says: a killed run was bringing lab back from snapshot idle: that is done again",
    "restore lab idle",
  ]);
  expect(isUnderWay()).toBe(false);
});

test.each(["destroy", "gc", "snapshot restore"])(
  "%s does not need one brought back first, and until it has ended the testbed is not whole",
  async (command) => {
    begun("restore");
    await finishUnfinished(command, "lab");
    expect(log).toEqual([]);
    expect(isUnderWay()).toBe(true);
  },
);

test.each([
  ["save", "go on", "its machines were being saved as idle"],
  ["restore", "restore lab idle", "it was being brought back from snapshot idle"],
] as const)(
  "a %s that can't be finished is said with what to do, and tried again by the next command",
  async (doing, what, was) => {
    begun(doing);
    failing = what;
    await expect(finishUnfinished("bench", "lab")).rejects.toMatchObject({
      name: "UserError",
      message: `testbed lab is not whole: ${was} when that was killed, and it can't be finished (no host); ./strata destroy lab, then ./strata up lab builds it anew`,
    });
    expect(isUnderWay()).toBe(true);
  },
);

test("machines that can't go on don't keep their testbed from being removed", async () => {
  begun("save");
  failing = "go on";
  await finishUnfinished("destroy", "lab");
  expect(log).toEqual([...goneOn, "close", "says: machines of lab that were being saved could not go on: no host"]);
});
