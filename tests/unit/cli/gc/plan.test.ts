import type { Leftover } from "../../../../cli/gc/leftover.ts";
import { planDue, planRoom, type GcPlan } from "../../../../cli/gc/plan.ts";

const thing = (what: string, bytes: number, lastUsed: number, more: Partial<Leftover> = {}): Leftover => ({
  ...{ what, bytes, lastUsed, remove: () => Promise.resolve(undefined) },
  ...more,
});
const names = ({ go, stay }: GcPlan) => ({ go: go.map(({ what }) => what), stay: stay.map(({ what }) => what).sort() });

const found = [
  thing("new", 10, 300),
  thing("old", 10, 100),
  thing("oldest, in use", 10, 1, { inUse: "by lab" }),
  thing("middle", 10, 200),
];

test.each([
  [40, [], ["middle", "new", "old", "oldest, in use"]],
  [39, ["old"], ["middle", "new", "oldest, in use"]],
  [30, ["old"], ["middle", "new", "oldest, in use"]],
  [20, ["old", "middle"], ["new", "oldest, in use"]],
  // What is in use stays though there is no room for it.
  [0, ["old", "middle", "new"], ["oldest, in use"]],
])("to keep %d bytes what was not used for longest goes first", (keep, go, stay) => {
  expect(names(planRoom(found, keep))).toEqual({ go, stay });
});

test("what nothing can use goes first whatever the room, and counts for it; in use it stays", () => {
  const due = [
    thing("unfinished", 20, 400, { why: "of a run that was killed" }),
    thing("being built", 5, 400, { why: "of a run that was killed", inUse: "process 4711 builds it" }),
  ];
  expect(names(planRoom([...found, ...due], 1000))).toEqual({
    go: ["unfinished"],
    stay: ["being built", "middle", "new", "old", "oldest, in use"],
  });
  expect(names(planRoom([...found, ...due], 35)).go).toEqual(["unfinished", "old"]);
});

test("what was never noted as used counts as the oldest", () => {
  const unknown: Leftover = { what: "unknown", bytes: 1, remove: () => Promise.resolve(undefined) };
  expect(names(planRoom([...found, unknown], 40)).go).toEqual(["unknown"]);
});

test("of testbeds those alone go that are due", () => {
  const testbeds = [
    thing("expired", 0, 0, { why: "its lease expired 3 h ago" }),
    thing("kept", 0, 0, { inUse: "its lease expires in 3 h" }),
    thing("measured on", 0, 0, { why: "its lease expired 3 h ago", inUse: "process 4711 runs strata bench lab" }),
    thing("neither", 0, 0),
  ];
  expect(names(planDue(testbeds))).toEqual({ go: ["expired"], stay: ["kept", "measured on", "neither"] });
});
