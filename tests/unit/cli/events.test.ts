import { jest } from "@jest/globals";
import { asCommand, eventLines } from "../../../cli/events.ts";
import { eventSchema, type Happening } from "../../../events/event.ts";

const item = { type: "command", name: "bench" } as const;
const seconds = expect.any(Number) as number;

let told: Happening[];
beforeEach(() => {
  told = [];
});
const tell = (happening: Happening): void => {
  told.push(happening);
};

test("a command is told of from its beginning to its end", async () => {
  expect(await asCommand("bench", tell, () => Promise.resolve({ exitStatus: 4, directory: "/r" }))).toBe(4);
  expect(told).toEqual([
    { kind: "started", item },
    { kind: "ended", item, outcome: "failed", seconds, exitStatus: 4, directory: "/r" },
  ]);
});

test.each([
  [0, "done"],
  [1, "failed"],
  [130, "interrupted"],
])("its outcome follows from the exit status %i: %s", async (exitStatus, outcome) => {
  await asCommand("up", tell, () => Promise.resolve({ exitStatus }));
  expect(told[1]).toMatchObject({ outcome });
});

test.each([
  [new Error("no disk"), { outcome: "failed", exitStatus: 1, text: "no disk" }],
  [new DOMException("stop", "AbortError"), { outcome: "interrupted", exitStatus: 130 }],
])("what it throws is told, and thrown: %s", async (error, end) => {
  await expect(asCommand("bench", tell, () => Promise.reject(error))).rejects.toBe(error);
  expect(told[1]).toEqual({ kind: "ended", item, seconds, ...end });
});

test("nobody to tell: the command runs all the same", async () => {
  expect(await asCommand("bench", undefined, () => Promise.resolve({ exitStatus: 3 }))).toBe(3);
});

test("a line is one event, with version, time and command", () => {
  let printed = "";
  const write = jest.spyOn(process.stdout, "write").mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  eventLines("mirror build")({ kind: "started", item: { type: "artifact", name: "pause 3.10.1" }, text: "a\nb" });
  write.mockRestore();
  expect(printed.split("\n")).toEqual([expect.any(String), ""]);
  expect(eventSchema.parse(JSON.parse(printed))).toMatchObject({
    schema: "strata/event@1",
    command: "mirror build",
    text: "a\nb",
  });
});
