import type { Of } from "../../events/event.ts";
import type { Operation } from "../../events/words.ts";
import { columns, nameOf } from "./words.ts";

type Planned = Of<"planned">;

const signs: Readonly<Record<Operation, string>> = {
  create: "+",
  update: "~",
  replace: "+-",
  delete: "-",
  read: "<",
  refresh: "~",
  import: "=",
};

/** What a preview has said, a line a thing, and one for each part of it that changes. */
export function planText(planned: readonly Planned[]): string {
  const byThing = Map.groupBy(planned, ({ item, operation, changes }) =>
    // What is made or goes as a whole needs no line for each part.
    [item.type, item.name, operation, ...(changes.length > 0 ? [item.part] : [])].join(" "),
  );
  const lines = [...byThing.values()].map(lineOf);
  // By name, numbers as numbers; what belongs to no thing first.
  const order = new Intl.Collator("en", { numeric: true });
  return lines
    .sort((a, b) => Number(b.isTestbed) - Number(a.isTestbed) || order.compare(a.name, b.name))
    .map(({ text }) => `${text}\n`)
    .join("");
}

function lineOf(group: Planned[]): { name: string; isTestbed: boolean; text: string } {
  const [{ item, operation, changes }] = group as [Planned];
  const parts = group.flatMap((one) => one.item.part ?? []).join(", ");
  const properties = changes.map(({ property, from, to }) =>
    from === undefined && to === undefined ? property : `${property}: ${from ?? "-"} => ${to ?? "-"}`,
  );
  const from = group.find((one) => one.from !== undefined)?.from;
  const origin = from === undefined ? undefined : `from ${from}`;
  const text = `${signs[operation].padStart(3)} ${columns(nameOf(item), origin, parts, properties.join(", "))}`;
  return { name: nameOf(item), isTestbed: item.type === "testbed", text };
}
