import { Command } from "commander";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { commands } from "../../../cli/commands.ts";
import { eventSchema, eventSchemaName } from "../../../events/event.ts";
import { itemTypes, operations, outcomes, phases, units } from "../../../events/words.ts";

const page = readFileSync(join(import.meta.dirname, "../../../docs/events.md"), "utf8");

const examples = (/```json\n([^`]*)```/.exec(page)?.[1] ?? "").trim().split("\n");

test("the lines that the page shows are events", () => {
  const parsed = examples.map((line) => eventSchema.parse(JSON.parse(line)));
  expect(new Set(parsed.map(({ kind }) => kind))).toEqual(
    new Set(["started", "progress", "ended", "planned", "message"]),
  );
});

test("a field or a word that the schema does not have is none", () => {
  const [first = ""] = examples;
  const event = JSON.parse(first) as object;
  expect(eventSchema.safeParse({ ...event, more: 1 }).success).toBe(false);
  expect(eventSchema.safeParse({ ...event, item: { type: "thing", name: "x" } }).success).toBe(false);
  expect(eventSchema.safeParse({ ...event, schema: "strata/event@2" }).success).toBe(false);
});

test.each(Object.entries({ itemTypes, phases, outcomes, operations, units }))(
  "the page names every word of %s",
  (_, words) => {
    expect(words.filter((word) => !page.includes(`\`${word}\``))).toEqual([]);
  },
);

test("the page names the schema, every kind and every field", () => {
  const kinds = eventSchema.options.map(({ shape }) => shape.kind.value);
  const fields = eventSchema.options.flatMap(({ shape }) => Object.keys(shape));
  expect([eventSchemaName, ...kinds, ...fields].filter((word) => !page.includes(`\`${word}\``))).toEqual([]);
});

/** "mirror build" of each command that takes --events. */
function withEvents(command: Command, path: string): string[] {
  const own = command.options.some(({ long }) => long === "--events") ? [path] : [];
  return [...own, ...command.commands.flatMap((one) => withEvents(one, `${path} ${one.name()}`.trim()))];
}

test("the page lists the commands that tell of them", async () => {
  const program = new Command().enablePositionalOptions();
  for (const load of Object.values(commands)) (await load()).register(program);
  const [, list = ""] = /With `--events`, ([^:]*?)\sprint/.exec(page) ?? [];
  const listed = [...list.matchAll(/`(?:strata )?([^`]+)`/g)].map(([, name]) => name);
  expect(listed.sort()).toEqual(withEvents(program, "").sort());
});
