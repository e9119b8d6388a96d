import type { Obtained } from "../../../artifacts/mirror/obtainAll.ts";
import { artifactEvents } from "../../../cli/artifactEvents.ts";
import { happeningSchema, type Happening } from "../../../events/event.ts";

const compile = { phase: "compile", text: "compiling" } as const;
const item = (name: string) => ({ type: "artifact", name });
const seconds = expect.any(Number) as number;

test("an artifact begins with its first news; what was there already, and what others are built from, does not begin", () => {
  const told: Happening[] = [];
  const { progress, done } = artifactEvents(
    (happening) => told.push(happeningSchema.parse(happening)),
    ["a 1", "b 2", "c 3"],
  );
  progress(compile, "a 1", 0);
  progress(compile, "layer x", 0);
  progress(compile, "a 1", 1);
  progress(compile, "b 2", 0);
  done({ item: { title: "a 1" }, entry: {} } as Obtained);
  done({ item: { title: "b 2" }, reason: "no Go" });
  done({ item: { title: "c 3" }, entry: {} } as Obtained);
  expect(told).toEqual([
    { kind: "started", item: item("a 1") },
    { kind: "progress", item: item("a 1"), ...compile },
    { kind: "progress", item: item("layer x"), ...compile },
    { kind: "progress", item: item("a 1"), ...compile },
    { kind: "started", item: item("b 2") },
    { kind: "progress", item: item("b 2"), ...compile },
    { kind: "ended", item: item("a 1"), outcome: "done", seconds },
    { kind: "ended", item: item("b 2"), outcome: "failed", text: "no Go", seconds },
    { kind: "ended", item: item("c 3"), outcome: "present", seconds: 0 },
  ]);
});
