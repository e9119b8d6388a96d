import { preparedTestbeds } from "../../../../cli/gc/preparedTestbeds.ts";
import { snapshotNames } from "../../../../cli/snapshots/folder.ts";
import { ownerFile } from "../../../../cli/testbed/owner.ts";
import { withLock } from "../../../../local/lock.ts";
import { keepOldSnapshot, ownState } from "../../../support/keptSnapshot.ts";

ownState();
const hourMs = 3_600_000;

test("those that up has made by itself, and when each was used last; a user's own are none", async () => {
  keepOldSnapshot("lab", "mine", 9);
  keepOldSnapshot("lab", "prepared-1", 5, { key: "1" });
  keepOldSnapshot("lab2", "prepared-2", 7, { key: "2" });
  const found = await preparedTestbeds.list();
  expect(found).toMatchObject([
    { what: "snapshot prepared-1 of lab", inUse: undefined },
    { what: "snapshot prepared-2 of lab2", inUse: undefined },
  ]);
  expect(found.map(({ lastUsed = 0 }) => Math.round((Date.now() - lastUsed) / hourMs))).toEqual([5, 7]);
  expect(Math.min(...found.map(({ bytes }) => bytes))).toBeGreaterThan(0);
  expect(await found[0]!.remove(undefined)).toBeUndefined();
  expect([snapshotNames("lab"), snapshotNames("lab2")]).toEqual([["mine"], ["prepared-2"]]);
});

test("one whose testbed somebody works on is in use", async () => {
  keepOldSnapshot("lab", "prepared-1", 5, { key: "1" });
  const held = { doing: "runs strata up lab", limitSeconds: 5 };
  const found = await withLock(ownerFile("lab"), held, () => preparedTestbeds.list());
  expect(found[0]?.inUse).toMatch(new RegExp(`process ${process.pid} runs strata up lab`));
});
