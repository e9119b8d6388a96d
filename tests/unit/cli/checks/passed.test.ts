import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Passed } from "../../../../cli/checks/passed.ts";

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "strata-passed-"));
  file = join(directory, "checks", "passed.json");
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const pass = (name: string, inputs: string, seconds = 5) => ({ name, inputs, seconds, patience: 1 });

test("what passed is found again by the next run, by name and inputs", () => {
  const at = new Date("2026-12-01T10:15:00Z");
  new Passed(file).note([pass("unit", "one"), pass("lint", "two")], at);
  const passed = new Passed(file);
  expect([passed.at("unit", "one"), passed.at("unit", "two"), passed.at("types", "one")]).toEqual([
    at,
    undefined,
    undefined,
  ]);
  expect(readdirSync(dirname(file))).toEqual(["passed.json"]);
});

test("states of several checkouts are kept, the last ones; the time is that of the last", () => {
  const passed = new Passed(file);
  for (let i = 1; i <= 9; i += 1) passed.note([pass("unit", `state ${i}`, i)]);
  passed.note([pass("unit", "state 5", 50)]);
  const known = [1, 2, 5, 9].map((i) => passed.at("unit", `state ${i}`) !== undefined);
  expect(known).toEqual([false, true, true, true]);
  expect(passed.took("unit")).toMatchObject({ seconds: 50, patience: 1 });
});

test("parts that have not run for long give way to others", () => {
  const passed = new Passed(file);
  passed.note([pass("old", "one")]);
  passed.note(Array.from({ length: 400 }, (_, i) => pass(`part ${i}`, "one")));
  expect([passed.at("old", "one"), passed.at("part 399", "one")]).toEqual([undefined, expect.any(Date)]);
  expect(Object.keys(JSON.parse(readFileSync(file, "utf8")) as object)).toHaveLength(400);
});

test.each(["", "{", '{"unit":{"passes":[]}}'])(
  "where the file is spoilt (%j) nothing is known, and it is written anew",
  (text) => {
    new Passed(file).note([pass("unit", "one")]);
    writeFileSync(file, text);
    const passed = new Passed(file);
    expect([passed.at("unit", "one"), passed.took("unit")]).toEqual([undefined, undefined]);
    passed.note([pass("unit", "two")]);
    expect(passed.at("unit", "two")).toEqual(expect.any(Date));
  },
);
