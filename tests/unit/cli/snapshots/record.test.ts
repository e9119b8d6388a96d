import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { snapshotDirectory, snapshotNames, snapshotPaths } from "../../../../cli/snapshots/folder.ts";
import { readRecord, type SnapshotRecord } from "../../../../cli/snapshots/record.ts";
import { keepSnapshot, ownState } from "../../../support/keptSnapshot.ts";

const state = ownState();

test("a record is read as it was written", () => {
  const record = keepSnapshot("lab", "idle", { key: "0123456789abcdef" });
  expect(readRecord("lab", "idle")).toEqual(record);
  expect(readRecord("lab", "busy")).toBeUndefined();
});

test.each<[string, Partial<SnapshotRecord> | { form: number }, string]>([
  ["another version's", { form: 2 }, "its record (snapshot.json) is none that this version understands"],
  ["another stack's", { stack: "lab2" }, "it is one of stack lab2"],
  [
    "another checkout's",
    { origin: "01234567" },
    "it was made by another checkout or on another machine, where its machines have other names",
  ],
  ["of another state", { state: "0" }, "the engine's state (state.json) is not what was saved (its SHA-256)"],
])("one that is %s can't be used", (_whose, change, why) => {
  keepSnapshot("lab", "idle", change as Partial<SnapshotRecord>);
  expect(readRecord("lab", "idle")).toBe(why);
});

test("one that is cut off, or whose state is missing, can't be used", () => {
  keepSnapshot("lab", "idle");
  const paths = snapshotPaths(snapshotDirectory("lab", "idle"));
  rmSync(paths.state);
  expect(readRecord("lab", "idle")).toBe("the engine's state (state.json) is missing");
  writeFileSync(paths.record, '{"form":1,');
  expect(readRecord("lab", "idle")).toBe("its record (snapshot.json) is none that this version understands");
});

test("snapshots are a stack's folders, but for those that are being made or go", () => {
  expect(snapshotNames("lab")).toEqual([]);
  for (const name of ["busy", ".passing-idle", "a.b-1"])
    mkdirSync(join(state(), "snapshots/lab", name), { recursive: true });
  writeFileSync(join(state(), "snapshots/lab/file"), "");
  mkdirSync(join(state(), "snapshots/lab2/other"), { recursive: true });
  expect(snapshotNames("lab")).toEqual(["a.b-1", "busy"]);
});

test.each(["a/b", "../lab2", "..", ".hidden", "", "a b", "x".repeat(101)])("%j is no name of a snapshot", (name) => {
  expect(() => snapshotDirectory("lab", name)).toThrow(
    `${JSON.stringify(name)} is no name of a snapshot; use up to 100 letters, digits, underscores, dots and dashes, no dot first`,
  );
});
