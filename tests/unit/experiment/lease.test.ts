import { loadTestbed } from "../../../components/experiment/whole/load.ts";
import { planTestbed } from "../../../components/plan/whole/plan.ts";

const load = (lease: string, override?: object) => loadTestbed(`tiers: { cloud: { count: 1 } }\n${lease}\n`, override);
const planned = (lease: string, override?: object): number | undefined => {
  const loaded = load(lease, override);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return planTestbed("lab", loaded.spec).leaseSeconds;
};

test.each([
  ["lease: 8 h", 28_800],
  ["lease: 90 min", 5400],
  ["lease: 90.5 s", 91],
  ["lease: none", undefined],
  ["", undefined],
])("%s", (text, seconds) => {
  expect(planned(text)).toBe(seconds);
});

test("another one is laid over the file's, or none", () => {
  expect(planned("lease: 8 h", { lease: "2h" })).toBe(7200);
  expect(planned("lease: 8 h", { lease: "none" })).toBeUndefined();
});

test.each([
  ["lease: 8", '8 is not a duration; write "8 s"'],
  ["lease: 8 days", '"8 days" is not a duration'],
  ["lease: 30 s", '30 s may be over before the machines are up; write at least "60 s", or "none"'],
])("%s is refused", (text, message) => {
  const loaded = load(text);
  if (loaded.ok) throw new Error("it was taken");
  const [{ path, line, reason, fix }] = loaded.problems as [(typeof loaded.problems)[number]];
  expect([path, line]).toEqual(["lease", 2]);
  expect(`${reason}; ${fix}`).toContain(message);
});
