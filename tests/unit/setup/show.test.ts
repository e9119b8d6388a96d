import { happeningSchema } from "../../../events/event.ts";
import { runAndShow } from "../../../setup/show.ts";
import type { Step } from "../../../setup/step.ts";

let there = false;

const engine: Step = {
  name: "engine",
  title: "Pulumi engine",
  needs: [],
  check: () =>
    Promise.resolve(
      there ? { state: "ready", detail: "3.274.1" } : { state: "missing", detail: "no engine", fix: "get it" },
    ),
  do: (report) => {
    const compiling = { phase: "compile", text: "compiling" } as const;
    report({ ...compiling, detail: "1 of 2 packages", counts: { done: 1, total: 2, unit: "packages" } });
    report({ ...compiling, detail: "2 of 2 packages", counts: { done: 2, total: 2, unit: "packages" } });
    report({ phase: "make", text: "linking" });
    there = true;
    return Promise.resolve();
  },
};

const plugin: Step = {
  ...engine,
  name: "plugin",
  title: "plugin",
  needs: ["broken"],
  check: () => Promise.resolve({ state: "ready", detail: "" }),
};
const broken: Step = {
  ...engine,
  name: "broken",
  title: "network",
  check: () => Promise.reject(new Error("no route")),
};

async function shown(steps: Step[], display: "lines" | "json"): Promise<string> {
  there = false;
  let text = "";
  await runAndShow(steps, new AbortController().signal, display, (part) => (text += part));
  return text
    .replaceAll(/\[ *\d+ s\]/g, "[T]")
    .replaceAll(/in \d+ s/g, "in T")
    .replaceAll(/"milliseconds":\d+/g, '"milliseconds":0');
}

test("lines: each phase once, not every item", async () => {
  expect(await shown([engine], "lines")).toBe(`[T] Pulumi engine: no engine; getting it
[T] Pulumi engine: compiling (1 of 2 packages)
[T] Pulumi engine: linking
[T] Pulumi engine: done in T (3.274.1)
`);
});

test("lines: a failure and what it blocks", async () => {
  expect(await shown([broken, plugin], "lines")).toBe(`[T] network: FAILED: no route
[T] plugin: not begun, because network failed
`);
});

test("json: one object a line", async () => {
  const lines = (await shown([engine], "json")).trim().split("\n");
  expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
    { step: "engine", type: "checking" },
    { step: "engine", type: "started", why: "no engine" },
    { step: "engine", type: "progress", phase: "compiling", item: "1 of 2 packages" },
    { step: "engine", type: "progress", phase: "compiling", item: "2 of 2 packages" },
    { step: "engine", type: "progress", phase: "linking" },
    { step: "engine", type: "ended", outcome: { state: "done", detail: "3.274.1", milliseconds: 0 } },
  ]);
});

test("json: a step that failed, and one that it blocks", async () => {
  const lines = (await shown([broken, plugin], "json")).trim().split("\n");
  expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
    { step: "broken", type: "checking" },
    { step: "broken", type: "ended", outcome: { state: "failed", reason: "no route", milliseconds: 0 } },
    { step: "plugin", type: "ended", outcome: { state: "blocked", by: "network" } },
  ]);
});

test("events: whole, with phases from the closed set, numbers as numbers, and items by name and title", async () => {
  const told: unknown[] = [];
  there = false;
  await runAndShow([engine, broken, plugin], new AbortController().signal, (happening) => {
    told.push(happeningSchema.parse(happening));
  });
  const item = { type: "step", name: "engine", title: "Pulumi engine" };
  const network = { type: "step", name: "broken", title: "network" };
  const progress = { kind: "progress", item, phase: "compile", text: "compiling" };
  const seconds = expect.any(Number) as number;
  expect(told).toEqual(
    expect.arrayContaining([
      { kind: "progress", item, phase: "check", text: "checking" },
      { kind: "started", item, text: "no engine" },
      { ...progress, detail: "1 of 2 packages", counts: { done: 1, total: 2, unit: "packages" } },
      { ...progress, detail: "2 of 2 packages", counts: { done: 2, total: 2, unit: "packages" } },
      { kind: "progress", item, phase: "make", text: "linking" },
      { kind: "ended", item, outcome: "done", text: "3.274.1", seconds },
      { kind: "progress", item: network, phase: "check", text: "checking" },
      { kind: "ended", item: network, outcome: "failed", text: "no route", seconds },
      {
        kind: "ended",
        item: { type: "step", name: "plugin", title: "plugin" },
        outcome: "blocked",
        by: network,
        seconds: 0,
      },
    ]),
  );
  expect(told).toHaveLength(9);
});
