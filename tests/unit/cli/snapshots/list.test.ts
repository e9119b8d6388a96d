import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { listSnapshots, listText, showText, type ListedSnapshot } from "../../../../cli/snapshots/list.ts";
import { keepSnapshot, ownState } from "../../../support/keptSnapshot.ts";

const state = ownState();

test("those of one stack or of all, with what keeps one from being used", () => {
  keepSnapshot("lab2", "idle");
  keepSnapshot("lab", "prepared-0123456789abcdef", { key: "0123456789abcdef" });
  keepSnapshot("lab", "foreign", { origin: "01234567" });
  mkdirSync(join(state(), "snapshots/lab/empty"));
  // No snapshot of ours is called so.
  mkdirSync(join(state(), "snapshots/lab/a copy"));
  const rows = (stack?: string) =>
    listSnapshots(stack).map(({ stack: of, name, automatic, problem }) => [of, name, automatic, problem]);
  const own = [
    ["lab", "empty", false, "its record (snapshot.json) is missing"],
    ["lab", "foreign", false, expect.stringMatching(/another checkout/)],
    ["lab", "prepared-0123456789abcdef", true, undefined],
  ];
  expect(rows("lab")).toEqual(own);
  expect(rows()).toEqual([...own, ["lab2", "idle", false, undefined]]);
  expect(listSnapshots("lab2")[0]?.bytes).toBeGreaterThan(0);
});

test("where there are none, none are listed", () => {
  expect([listSnapshots(undefined), listSnapshots("lab")]).toEqual([[], []]);
});

const createdAt = new Date(Date.now() - 2 * 3600 * 1000).toISOString();
const whole: ListedSnapshot = {
  ...{ stack: "lab", name: "idle", createdAt, machines: ["cloud-0", "edge-0"], bytes: 432_100_000, automatic: false },
};
const broken: ListedSnapshot = {
  ...{ stack: "lab", name: "old", machines: [], bytes: 0, automatic: false, problem: "its record is missing" },
};

test("a line a snapshot, for people", () => {
  expect(listText([whole, { ...whole, automatic: true }, broken])).toBe(
    [
      "lab              idle                       432 MB  2 h old, 2 machines\n",
      "lab              idle                       432 MB  2 h old, 2 machines, made by itself\n",
      "lab              old                          0 MB  its record is missing\n",
    ].join(""),
  );
});

test("one is shown with whether it can be used", () => {
  expect(showText(whole)).toBe(
    `testbed    lab\nsnapshot   idle\nsaved      ${createdAt}\nsize       432 MB\nmachines   cloud-0, edge-0\n` +
      "usable     yes, as far as can be seen without its host\n",
  );
  expect(showText(broken)).toMatch(/\nusable {5}its record is missing\n$/);
});
