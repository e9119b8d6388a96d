import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { leaseFile } from "../../../local/embeddedHost.ts";
import { placeHere, placeOf, recordedPlace, recordPlace } from "../../../local/place.ts";
import { stackDirectory } from "../../../local/stateDirectory.ts";
import { removeAccess } from "../../../providers/strata/access/files.ts";

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "strata-place-"));
  process.env.STRATA_STATE = state;
});
afterEach(() => {
  rmSync(state, { recursive: true });
});

const make = (file: string): void => {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, "");
};
const haveCredentials = (stack: string): void => {
  make(join(stackDirectory(stack), "id_ed25519"));
};

test("a new stack's place is this state directory's, and asking for it writes nothing", () => {
  expect(placeOf("lab")).toEqual({ id: placeHere() });
  expect(placeHere()).toMatch(/^[0-9a-f]{8}$/);
  expect(readdirSync(state)).toEqual([]);
  const here = placeHere();
  process.env.STRATA_STATE = `${state}-other`;
  expect(placeHere()).not.toBe(here);
});

test("a stack that was made before names had places keeps its names, and its host", () => {
  haveCredentials("old");
  expect(placeOf("old")).toEqual({ id: "", host: "system" });
  make(leaseFile("old"));
  expect(placeOf("old")).toEqual({ id: "", host: "embedded" });
});

test("what was recorded holds while the stack is built, and not after that", () => {
  recordPlace("lab", { id: "1f2e3d4c", host: "system" });
  // As after a destroy that left the folder.
  expect(placeOf("lab")).toEqual({ id: placeHere() });
  haveCredentials("lab");
  expect(placeOf("lab")).toEqual({ id: "1f2e3d4c", host: "system" });
  // A lost key is made anew, and the machines with it: under their names, on their host.
  rmSync(join(stackDirectory("lab"), "id_ed25519"));
  make(join(stackDirectory("lab"), "ssh_config"));
  expect(placeOf("lab")).toEqual({ id: "1f2e3d4c", host: "system" });
});

test("keys that are lost, and made again by the same up, leave the names", async () => {
  recordPlace("lab", { id: "1f2e3d4c", host: "embedded" });
  make(leaseFile("lab"));
  await removeAccess("lab");
  expect(placeOf("lab")).toEqual({ id: "1f2e3d4c", host: "embedded" });
  haveCredentials("lab");
  expect(placeOf("lab")).toEqual({ id: "1f2e3d4c", host: "embedded" });
});

test("the record is written whole, and only where it says something new", () => {
  recordPlace("lab", { id: "", host: "embedded" });
  const file = join(state, "places/lab.json");
  expect(readFileSync(file, "utf8")).toBe('{"id":"","host":"embedded"}\n');
  expect(readdirSync(dirname(file))).toEqual(["lab.json"]);
  recordPlace("lab", { id: "1f2e3d4c" });
  expect(recordedPlace("lab")).toEqual({ id: "1f2e3d4c" });
});

test.each(["", "{", "[]", "null", '{"id":"../x"}', '{"host":"system"}'])(
  "a damaged record %s is named, with the fix",
  (text) => {
    haveCredentials("lab");
    make(join(state, "places/lab.json"));
    writeFileSync(join(state, "places/lab.json"), text);
    expect(() => placeOf("lab")).toThrow(/lab\.json, which says what stack lab's machines are called .* write \{"id":/);
  },
);

test.each(["..", ".", "", "a/b", "../lab", "a\0b", "a b", "x".repeat(101)])("%j is no stack's name", (name) => {
  expect(() => leaseFile(name)).toThrow("is no name of a stack");
  expect(() => placeOf(name)).toThrow("is no name of a stack");
});
