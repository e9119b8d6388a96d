import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { leaseRecord, recordedLease, recordLease, secondsLeft } from "../../../local/lease.ts";

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "strata-lease-"));
  process.env.STRATA_STATE = state;
});
afterEach(() => {
  rmSync(state, { recursive: true });
});

const now = Date.parse("2026-11-30T22:00:00Z");

test("each record begins the lease anew, and none takes it away", () => {
  recordLease("lab", 28_800, now);
  expect(recordedLease("lab")).toEqual({
    ...{ seconds: 28_800, expires: "2026-12-01T06:00:00.000Z", user: userInfo().username },
  });
  expect(statSync(leaseRecord("lab")).mode & 0o777).toBe(0o600);
  recordLease("lab", 3600, now + 60_000);
  expect(recordedLease("lab")?.expires).toBe("2026-11-30T23:01:00.000Z");
  recordLease("lab", undefined);
  recordLease("lab", undefined);
  expect(readdirSync(join(state, "leases"))).toEqual([]);
});

test.each([
  "",
  "{",
  "{}",
  '{"seconds":60,"expires":"soon","user":"ada"}',
  '{"seconds":0,"expires":"2026-12-01T06:00:00Z"}',
])("a damaged record is no lease: %s", (text) => {
  mkdirSync(dirname(leaseRecord("lab")), { recursive: true });
  writeFileSync(leaseRecord("lab"), text);
  expect(recordedLease("lab")).toBeUndefined();
});

test("seconds are left until the end, and fewer than none after it", () => {
  expect(secondsLeft({ expires: "2026-11-30T22:01:00Z" }, now)).toBe(60);
  expect(secondsLeft({ expires: "2026-11-30T21:59:00Z" }, now)).toBe(-60);
});

test("a lease leads out of no directory", () => {
  expect(() => {
    recordLease("../lab", 60);
  }).toThrow("is no name of a stack");
});
