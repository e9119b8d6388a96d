import type { Of } from "../../events/event.ts";
import type { Summary } from "./engineEvent.ts";
import { wholeName } from "./words.ts";

/** As the engine's own display words it: [operation, sign, what will be, what was]. */
const rows = [
  ["create", "+ ", "to create", "created"],
  ["update", "~ ", "to update", "updated"],
  ["delete", "- ", "to delete", "deleted"],
  ["replace", "+-", "to replace", "replaced"],
  ["read", "  ", "to read", "read"],
  ["import", "= ", "to import", "imported"],
] as const;

/** Resources by what happened to them, and how long that took. */
export function summaryText({ resourceChanges, durationSeconds }: Summary, failed: number, isPreview: boolean): string {
  const counts = resourceChanges ?? {};
  const changed = rows.filter(([operation]) => (counts[operation] ?? 0) > 0);
  const total = changed.reduce((sum, [operation]) => sum + (counts[operation] ?? 0), 0);
  const rest = [
    ...(changed.length > 1 ? [`${total} changes`] : []),
    ...(counts.same ? [`${counts.same} unchanged`] : []),
  ].join(". ");
  const lines = [
    ...changed.map(([operation, sign, plan, was]) =>
      `${sign}${counts[operation]} ${isPreview ? plan : was}`.replace(/^([-+~=]) /, "$1 "),
    ),
    ...(rest === "" ? [] : [rest]),
    ...(failed === 0 ? [] : [`${failed} errored`]),
  ];
  const resources = `\nResources:\n${lines.map((line) => `    ${line}\n`).join("")}`;
  return isPreview ? resources : `${resources}\nDuration: ${durationText(durationSeconds)}\n`;
}

/** "1h2m3s", as the engine writes it. */
export function durationText(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  return `${hours > 0 ? `${hours}h` : ""}${seconds >= 60 ? `${minutes}m` : ""}${seconds % 60}s`;
}

/** What was said on the way, whole, so that it is the last thing seen. */
export function diagnosticsText(messages: readonly Of<"message">[]): string {
  const byItem = Map.groupBy(messages, ({ item }) => (item === undefined ? "testbed" : wholeName(item)));
  const groups = [...byItem].map(([name, said]) => `  ${name}:\n${said.map(messageText).join("")}`);
  return groups.length === 0 ? "" : `\nDiagnostics:\n${groups.join("\n")}`;
}

function messageText({ severity, text }: Of<"message">): string {
  const prefixed = severity === "info" ? text : `${severity}: ${text}`;
  return prefixed.replace(/^(?=.)/gm, "    ") + "\n";
}
