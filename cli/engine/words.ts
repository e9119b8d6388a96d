import type { Item, Of } from "../../events/event.ts";
import type { Operation } from "../../events/words.ts";

/** An item for people: "cloud-0", "link cloud-edge". */
export function nameOf({ type, name }: Item): string {
  if (type === "testbed") return type;
  return type === "machine" ? name : `${type} ${name}`;
}

export const wholeName = (item: Item): string =>
  [nameOf(item), ...(item.part === undefined ? [] : [item.part])].join(" ");

export const done: Readonly<Record<Operation, string>> = {
  create: "created",
  update: "updated",
  replace: "replaced",
  delete: "deleted",
  read: "read",
  refresh: "refreshed",
  import: "imported",
};

/** "cloud-0  created", "cloud-0  software  12 s", "cloud-0  software  updated  3 s". */
export function endedText({ item, operation = "create", outcome, seconds }: Of<"ended">): string {
  const took = seconds >= 0.95 ? `${seconds.toFixed(0)} s` : "";
  if (outcome !== "done") return columns(nameOf(item), item.part, `FAILED after ${seconds.toFixed(0)} s`);
  // That a machine has a disk means that it was made.
  const what = operation === "create" && item.part !== undefined ? undefined : done[operation];
  return columns(nameOf(item), item.part, what, took);
}

export const columns = (...words: (string | undefined)[]): string => words.filter(Boolean).join("  ");
