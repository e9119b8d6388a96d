import { jest } from "@jest/globals";
import { loadTestbed } from "../../../../components/experiment/whole/load.ts";
import { keepOldSnapshot, keepSnapshot, ownState } from "../../../support/keptSnapshot.ts";

const log: string[] = [];
let failing: string | undefined;
const step = (what: string): Promise<void> => {
  log.push(what);
  return what.startsWith(failing ?? "nothing") ? Promise.reject(new Error("no host")) : Promise.resolve();
};
/** Types of what is there of the testbed; once a restore has failed, of what that has left. */
let there: string[];
let left: string[];
jest.unstable_mockModule("../../../../cli/pulumi/run.ts", () => ({
  pulumiOutput: () =>
    Promise.resolve(JSON.stringify({ deployment: { resources: there.map((type) => ({ urn: type, type })) } })),
}));
jest.unstable_mockModule("../../../../cli/terminal/say.ts", () => ({
  say: (text: string) => log.push(`says: ${text}`),
}));
jest.unstable_mockModule("../../../../cli/snapshots/restore.ts", () => ({
  restoreSnapshot: (stack: string, name: string) => {
    there = left;
    return step(`restore ${stack} ${name}`);
  },
}));
jest.unstable_mockModule("../../../../cli/snapshots/save.ts", () => ({
  saveSnapshot: (stack: string, name: string, { key }: { key: string }) =>
    step(`save ${stack} ${name}`).then(() => keepSnapshot(stack, name, { key })),
}));
let experiment = "";
jest.unstable_mockModule("../../../../program/experiment.ts", () => ({
  readExperiment: () => ({ file: "stacks/lab.yaml", loaded: loadTestbed(experiment) }),
}));
const { bringBack, comesFrom, keepPrepared, preparedTestbed } = await import("../../../../cli/snapshots/prepared.ts");
const { snapshotNames } = await import("../../../../cli/snapshots/folder.ts");
const { lastUsedOf } = await import("../../../../cli/snapshots/lastUsed.ts");

ownState();
beforeEach(() => {
  log.length = 0;
  failing = undefined;
  [there, left] = [["pulumi:pulumi:Stack"], []];
});

const prepared = { stack: "lab", key: "0123456789abcdef", name: "prepared-0123456789abcdef" };
const options = (signal = new AbortController().signal) => ({ signal, tell: () => undefined });
const machine = "libvirt:index/domain:Domain";

test("only an experiment that says so has one, by what its testbed is built from", () => {
  experiment = "tiers: { cloud: {} }";
  expect(preparedTestbed("lab")).toBeUndefined();
  experiment = "tiers: { cloud: {} }\nprepared: testbed";
  const found = preparedTestbed("lab");
  expect(found).toEqual({ stack: "lab", key: expect.stringMatching(/^[0-9a-f]{16}$/), name: `prepared-${found?.key}` });
  experiment = "tiers: { cloud: {} }\nprepared: yes";
  expect(() => preparedTestbed("lab")).toThrow("stacks/lab.yaml:2: prepared: ");
});

test("a preview says what it would be brought back from, where nothing of it is there", async () => {
  expect(await comesFrom(prepared)).toBeUndefined();
  const createdAt = new Date(Date.now() - 7200_000).toISOString();
  keepSnapshot("lab", prepared.name, { key: prepared.key, createdAt });
  expect(await comesFrom(prepared)).toBe(
    `up brings it back from snapshot ${prepared.name}, which is 2 h old, and builds nothing`,
  );
  there = [machine];
  expect(await comesFrom(prepared)).toBeUndefined();
});

test("what is not kept, or whose testbed is there, is not brought back", async () => {
  expect(await bringBack(prepared, options())).toBe("absent");
  keepSnapshot("lab", prepared.name);
  there = [machine];
  expect(await bringBack(prepared, options())).toBe("absent");
  expect(log).toEqual([]);
});

test("one that is brought back has been used just now", async () => {
  keepOldSnapshot("lab", prepared.name, 5);
  expect(await bringBack(prepared, options())).toBe("restored");
  expect(log).toEqual([`restore lab ${prepared.name}`]);
  expect(Date.now() - lastUsedOf("lab", prepared.name)).toBeLessThan(3600_000);
});

test.each([
  ["absent", []],
  ["failed", [machine]],
])("one that can't be brought back goes, and what it has left decides: %s", async (how, leaves) => {
  keepSnapshot("lab", prepared.name);
  [failing, left] = ["restore", leaves];
  expect(await bringBack(prepared, options())).toBe(how);
  expect(log.at(-1)).toBe("says: lab is built anew, as it can't be brought back: no host");
  expect(snapshotNames("lab")).toEqual([]);
});

test("called off, it stays", async () => {
  keepSnapshot("lab", prepared.name);
  failing = "restore";
  await expect(bringBack(prepared, options(AbortSignal.abort(new Error("called off"))))).rejects.toThrow("called off");
  expect(snapshotNames("lab")).toEqual([prepared.name]);
});

test("one that is kept already is not saved again; one that can't be used is", async () => {
  keepSnapshot("lab", prepared.name, { key: prepared.key });
  await keepPrepared(prepared, options());
  expect(log).toEqual([]);
  keepSnapshot("lab", prepared.name, { key: prepared.key, state: "0" });
  await keepPrepared(prepared, options());
  expect(log).toEqual([`save lab ${prepared.name}`]);
});

/** Three of Strata's own, and one of the user's. */
function keepOthers(): void {
  keepOldSnapshot("lab", "prepared-1", 1, { key: "1" });
  keepOldSnapshot("lab", "prepared-3", 3, { key: "3" });
  keepOldSnapshot("lab", "prepared-2", 2, { key: "2" });
  keepOldSnapshot("lab", "mine", 99);
}

test("beside the new one the last that was used stays, and the user's", async () => {
  keepOthers();
  await keepPrepared(prepared, options());
  expect(snapshotNames("lab")).toEqual(["mine", prepared.name, "prepared-1"]);
});

test("where it can't be saved, the testbed is up all the same, and none goes", async () => {
  keepOthers();
  failing = "save";
  await keepPrepared(prepared, options());
  expect(log.at(-1)).toBe("says: lab is up, and could not be saved for the next time: no host");
  expect(snapshotNames("lab")).toHaveLength(4);
});
