import { jest } from "@jest/globals";
import { benchJsonLines, benchLines } from "../../../cli/benchLines.ts";
import { Progress } from "../../../benchmarks/run/progress.ts";
import { happeningSchema, type Happening, type Tell } from "../../../events/event.ts";

/** What a short benchmark tells. */
function measure(tell: Tell): void {
  const progress = new Progress(tell);
  progress.news({ phase: "pods", text: "waits for the worker pods", counts: { done: 0, total: 2, unit: "pods" } });
  progress.begin("verify", "verify the network");
  progress.news({
    phase: "rate",
    text: "rate of cloud-edge, up",
    of: { type: "link", name: "cloud-edge", part: "up" },
  });
  progress.end();
  progress.begin("repetition-1", "repetition 1 of 2", { done: 0, total: 2, unit: "repetitions" });
  progress.news({ phase: "run", text: "12 sent, \u001b[2J11 answered", figures: { sent: 12, answered: 11 } });
  progress.end("failed", "no machine");
  progress.end();
}

function printed(listener: () => Tell): string {
  let text = "";
  const write = jest.spyOn(process.stdout, "write").mockImplementation((part) => {
    text += String(part);
    return true;
  });
  measure(listener());
  write.mockRestore();
  return text;
}

test("for people: stages, and their news below them; what guests say can't steer the terminal", () => {
  expect(printed(benchLines).replaceAll(/\[ *\d+ s\]/g, "[T]")).toBe(`[T]   waits for the worker pods
[T] verify the network
[T]   rate of cloud-edge, up
[T] repetition 1 of 2
[T]   12 sent, \\u{1b}[2J11 answered
`);
});

test("--json: one object a line", () => {
  const lines = printed(benchJsonLines).trim().split("\n");
  expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
    { detail: "waits for the worker pods" },
    { phase: "verify the network" },
    { detail: "rate of cloud-edge, up" },
    { phase: "repetition 1 of 2" },
    { detail: "12 sent, \u001b[2J11 answered" },
  ]);
});

test("events: news belong to the stage that runs, each stage ends once", () => {
  const told: Happening[] = [];
  measure((happening) => told.push(happeningSchema.parse(happening)));
  const stages = told.map(({ kind, item }) => [kind, item?.name]);
  expect(stages).toEqual([
    ["progress", "bench"],
    ["started", "verify"],
    ["progress", "verify"],
    ["ended", "verify"],
    ["started", "repetition-1"],
    ["progress", "repetition-1"],
    ["ended", "repetition-1"],
  ]);
  expect(told.at(-1)).toMatchObject({ outcome: "failed", text: "no machine" });
});
