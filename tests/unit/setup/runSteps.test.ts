import type { Happening } from "../../../events/event.ts";
import { runSteps } from "../../../setup/runSteps.ts";
import type { Step } from "../../../setup/step.ts";

/** A step that is missing until it was done, and keeps a diary of what happened to it. */
function step(
  name: string,
  diary: string[],
  options: { needs?: string[]; present?: boolean; fails?: string; useless?: boolean } = {},
): Step {
  let there = options.present ?? false;
  return {
    name,
    title: `the ${name}`,
    needs: options.needs ?? [],
    check: () =>
      Promise.resolve(
        there
          ? { state: "ready", detail: `${name} is there` }
          : { state: "missing", detail: `no ${name}`, fix: `get ${name}` },
      ),
    do: async (report) => {
      diary.push(`${name} begins`);
      report({ phase: "make", text: "working", detail: "1 of 2" });
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (options.fails !== undefined) throw new Error(options.fails);
      there = !options.useless;
      diary.push(`${name} ends`);
    },
  };
}

const untimed = (outcomes: Map<string, object>): unknown =>
  Object.fromEntries([...outcomes].map(([name, outcome]) => [name, { ...outcome, milliseconds: undefined }]));

test("independent steps run side by side, dependent ones after what they need", async () => {
  const diary: string[] = [];
  const steps = [step("plugin", diary, { needs: ["engine"] }), step("engine", diary), step("image", diary)];
  const outcomes = await runSteps(steps, new AbortController().signal, () => undefined);
  expect(diary.slice(0, 3)).toEqual(["engine begins", "image begins", "engine ends"]);
  expect(diary.indexOf("plugin begins")).toBeGreaterThan(diary.indexOf("engine ends"));
  expect(untimed(outcomes)).toEqual({
    plugin: { state: "done", detail: "plugin is there", milliseconds: undefined },
    engine: { state: "done", detail: "engine is there", milliseconds: undefined },
    image: { state: "done", detail: "image is there", milliseconds: undefined },
  });
});

test("what is there is skipped, and a limited thing counts as there", async () => {
  const diary: string[] = [];
  const limited: Step = {
    ...step("plugin", diary),
    check: () => Promise.resolve({ state: "limited", detail: "a stand-in", fix: "get the official one" }),
  };
  const outcomes = await runSteps(
    [step("engine", diary, { present: true }), limited],
    new AbortController().signal,
    () => undefined,
  );
  expect(diary).toEqual([]);
  expect(untimed(outcomes)).toEqual({
    engine: { state: "present", detail: "engine is there", milliseconds: undefined },
    plugin: { state: "present", detail: "a stand-in", milliseconds: undefined },
  });
});

test("a failure blocks what needs it, by name, and nothing else", async () => {
  const diary: string[] = [];
  const steps = [
    step("engine", diary, { fails: "no network" }),
    step("plugin", diary, { needs: ["engine"] }),
    step("testbed", diary, { needs: ["plugin"] }),
    step("image", diary),
  ];
  const outcomes = await runSteps(steps, new AbortController().signal, () => undefined);
  expect(untimed(outcomes)).toEqual({
    engine: { state: "failed", reason: "no network", milliseconds: undefined },
    plugin: { state: "blocked", by: "the engine", milliseconds: undefined },
    testbed: { state: "blocked", by: "the plugin", milliseconds: undefined },
    image: { state: "done", detail: "image is there", milliseconds: undefined },
  });
});

test("a step that was done and is still missing has failed, and names the fix", async () => {
  const outcomes = await runSteps(
    [step("engine", [], { useless: true })],
    new AbortController().signal,
    () => undefined,
  );
  expect(untimed(outcomes)).toEqual({
    engine: { state: "failed", reason: "done, and yet: no engine. get engine", milliseconds: undefined },
  });
});

test("an interrupt begins nothing new and says how to go on", async () => {
  const diary: string[] = [];
  const stop = new AbortController();
  const steps = [step("engine", diary), step("plugin", diary, { needs: ["engine"] })];
  const running = runSteps(steps, stop.signal, (told) => {
    if (told.kind === "progress" && told.phase === "make") stop.abort();
  });
  const outcomes = await running;
  expect(diary).toEqual(["engine begins", "engine ends"]);
  expect(untimed(outcomes)).toEqual({
    engine: { state: "done", detail: "engine is there", milliseconds: undefined },
    plugin: { state: "failed", reason: "interrupted; run it again to go on", milliseconds: undefined },
  });
});

test("events tell the whole story of a step", async () => {
  const events: string[] = [];
  const show = (event: Happening): void => {
    events.push(event.kind === "progress" ? `progress ${event.text} ${event.detail ?? ""}` : event.kind);
  };
  await runSteps([step("engine", [])], new AbortController().signal, show);
  expect(events).toEqual(["progress checking ", "started", "progress working 1 of 2", "ended"]);
});

test("a step that needs an unknown step is a mistake in the program", async () => {
  const steps = [step("plugin", [], { needs: ["engine"] })];
  await expect(runSteps(steps, new AbortController().signal, () => undefined)).rejects.toThrow(
    "step plugin needs step engine, which is not among the steps to run",
  );
});
