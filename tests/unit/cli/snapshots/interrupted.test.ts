import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { noteBegin, noteEnd, unfinished } from "../../../../cli/snapshots/interrupted.ts";
import { snapshotNames } from "../../../../cli/snapshots/folder.ts";
import { ownState } from "../../../support/keptSnapshot.ts";

const state = ownState();
const note = { doing: "save", snapshot: "idle", infrastructure: "libvirt" } as const;

test("what is begun with a stack is known until it has ended, and is no snapshot", () => {
  expect(unfinished("lab")).toBeUndefined();
  noteBegin("lab", note);
  expect(unfinished("lab")).toEqual(note);
  expect(unfinished("lab2")).toBeUndefined();
  expect(snapshotNames("lab")).toEqual([]);
  noteEnd("lab");
  expect(unfinished("lab")).toBeUndefined();
  noteEnd("lab");
});

test("it is its owner's alone", () => {
  noteBegin("lab", note);
  const modes = ["snapshots/lab", "snapshots/lab/.under-way.json"].map(
    (path) => statSync(join(state(), path)).mode & 0o777,
  );
  expect(modes).toEqual([0o700, 0o600]);
});

test("a note that nobody can read is none", () => {
  noteBegin("lab", note);
  writeFileSync(join(state(), "snapshots/lab/.under-way.json"), '{"doing":"rest');
  expect(unfinished("lab")).toBeUndefined();
});
