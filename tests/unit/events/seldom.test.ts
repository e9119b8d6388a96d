import type { Happening } from "../../../events/event.ts";
import { seldom } from "../../../events/seldom.ts";

const bytes = (done: number, name = "engine", text = "downloading"): Happening => ({
  kind: "progress",
  item: { type: "step", name },
  phase: "download",
  text,
  counts: { done, total: 9, unit: "bytes" },
});

test("counts that follow their like within a second are left out, the last one is not", () => {
  let now = 0;
  const told: unknown[] = [];
  const tell = seldom(
    (happening) => told.push(happening),
    () => now,
  );
  const all: [number, Happening][] = [
    [0, bytes(1)],
    [999, bytes(2)],
    [999, bytes(1, "image")],
    [1000, bytes(3)],
    [1001, bytes(4, "engine", "fetching")],
    [1002, bytes(5, "engine", "fetching")],
    [1003, bytes(9, "engine", "fetching")],
  ];
  for (const [at, happening] of all) {
    now = at;
    tell(happening);
  }
  expect(told).toEqual([
    bytes(1),
    bytes(1, "image"),
    bytes(3),
    bytes(4, "engine", "fetching"),
    bytes(9, "engine", "fetching"),
  ]);
});

test("what counts nothing is told each time", () => {
  const told: unknown[] = [];
  const tell = seldom((happening) => told.push(happening));
  const news = { kind: "progress", item: { type: "stage", name: "verify" }, phase: "rate", text: "x" } as const;
  tell(news);
  tell(news);
  expect(told).toEqual([news, news]);
});
