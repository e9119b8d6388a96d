import { EngineLines } from "../../../../cli/engine/lines.ts";
import { durationText } from "../../../../cli/engine/summary.ts";
import type { Happening } from "../../../../events/event.ts";
import { summaryOf } from "../../../support/strata.ts";

function shown(
  isPreview: boolean,
  happenings: Happening[],
  resourceChanges?: Record<string, number>,
  failed = 0,
): string {
  let text = "";
  const lines = new EngineLines(isPreview, (part) => (text += part));
  for (const one of happenings) lines.tell(one);
  lines.end(resourceChanges && { durationSeconds: 83, resourceChanges }, failed);
  return text.replaceAll(/\[ *\d+ s\]/g, "[T]");
}

const cloud = (part?: string) => ({ type: "machine", name: "cloud-0", part }) as const;
const link = { type: "link", name: "cloud-edge" } as const;
const ended = { kind: "ended", outcome: "done", operation: "create", seconds: 0.2 } as const;

test("a line a machine and step; what was said stands at the end, whole", () => {
  const failure = "the command ended with status 3:\n\u001b[2Jout\n\nwhy";
  const happenings: Happening[] = [
    { kind: "message", severity: "info", text: "a note" },
    { kind: "started", item: cloud(), operation: "create" },
    { ...ended, item: cloud() },
    { ...ended, item: link },
    { kind: "started", item: cloud("reachable"), operation: "create" },
    { kind: "progress", item: cloud("reachable"), phase: "run", text: "too soon to be shown" },
    { ...ended, item: cloud("reachable"), seconds: 8.4 },
    { ...ended, item: cloud("shaping"), operation: "update" },
    { kind: "message", severity: "error", text: failure, item: cloud("software") },
    { ...ended, item: cloud("software"), outcome: "failed", seconds: 3 },
  ];
  expect(shown(false, happenings, { create: 3, update: 1, same: 31 }, 1)).toBe(`[T] cloud-0  created
[T] link cloud-edge  created
[T] cloud-0  reachable  8 s
[T] cloud-0  shaping  updated
[T] cloud-0  software  error: the command ended with status 3:
[T] cloud-0  software  FAILED after 3 s

Diagnostics:
  testbed:
    a note

  cloud-0 software:
    error: the command ended with status 3:
    \\u{1b}[2Jout

    why

Resources:
    + 3 created
    ~ 1 updated
    4 changes. 31 unchanged
    1 errored

Duration: 1m23s
`);
});

test("a preview: what is made or goes as a whole in one line, what changes with its properties, by name", () => {
  const planned = { kind: "planned" as const, operation: "create" as const, changes: [] };
  const happenings: Happening[] = [
    { ...planned, item: { type: "machine", name: "edge-10", part: "disk" } },
    { ...planned, item: { type: "machine", name: "edge-9" }, from: "prepared machine 3f9c6ad2" },
    { ...planned, item: { type: "machine", name: "edge-9", part: "disk" } },
    { ...planned, item: { type: "machine", name: "edge-9", part: "software" } },
    {
      ...planned,
      item: link,
      operation: "update",
      changes: [{ property: "latencyMs", from: "7.5", to: "20" }, { property: "shape" }],
    },
    { ...planned, item: cloud(), operation: "replace", changes: [{ property: "cpus", to: "2" }] },
    { ...planned, item: { type: "testbed", name: "lab", part: "pool" }, operation: "delete" },
    { kind: "message", severity: "warning", text: "no KVM" },
  ];
  expect(shown(true, happenings, { create: 4, replace: 1 })).toBe(`  - testbed  pool
 +- cloud-0  cpus: - => 2
  + edge-9  from prepared machine 3f9c6ad2  disk, software
  + edge-10  disk
  ~ link cloud-edge  latencyMs: 7.5 => 20, shape

Diagnostics:
  testbed:
    warning: no KVM

Resources:
    + 4 to create
    +-1 to replace
    5 changes
`);
});

test("an engine that did not get to its end has no summary", () => {
  expect(shown(false, [])).toBe("");
});

test("the summary is read like the engine's own", () => {
  expect(summaryOf(shown(false, [], { update: 6, same: 31 }))).toEqual({ updated: 6, unchanged: 31 });
});

test.each([
  [5, "5s"],
  [60, "1m0s"],
  [3723, "1h2m3s"],
  [3600, "1h0m0s"],
])("%i seconds are %s", (seconds, text) => {
  expect(durationText(seconds)).toBe(text);
});
