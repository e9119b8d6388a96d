import { leaseText } from "../../../cli/list.ts";

const lease = {
  ...{ seconds: 28_800, expires: "2026-12-01T06:00:00.000Z" },
  owner: { stack: "lab", place: "1f2e3d4c", user: "ada" },
};

test.each([
  ["2026-11-30T23:48:00Z", ", of ada, expires in 6 h 12 min"],
  ["2026-12-01T09:00:00Z", ", of ada, expired 3 h ago, `strata gc` takes it away"],
])("whose a testbed is and what is left of its lease, at %s", (now, text) => {
  expect(leaseText(lease, Date.parse(now))).toBe(text);
});

test("one without a lease has nothing to say of it", () => {
  expect(leaseText(undefined)).toBe("");
});
