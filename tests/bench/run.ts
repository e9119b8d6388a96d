// `npm run bench [-- NAME...] [-- --json]`: measures Strata on this machine against its own limits. Figures that depend
// on how fast the machine is are ratios within one run.
import { parseArgs } from "node:util";
import { messageOf } from "../../providers/kit/plain/errors.ts";
import type { Bench, Figure } from "./bench.ts";
import { boot } from "./boot.ts";
import { cluster } from "./cluster.ts";
import { large } from "./large.ts";
import { linkEdit } from "./linkEdit.ts";
import { memory } from "./memory.ts";
import { network } from "./network.ts";
import { noChange } from "./noChange.ts";
import { preview } from "./preview.ts";
import { removeTestbeds } from "./runningTestbed.ts";
import { scale } from "./scale.ts";
import { schedule } from "./schedule.ts";
import { snapshot } from "./snapshot.ts";
import { testDriver } from "./testDriver.ts";
import { worker } from "./worker.ts";

const benches: readonly Bench[] = [
  schedule,
  preview,
  testDriver,
  scale,
  large,
  boot,
  noChange,
  linkEdit,
  memory,
  network,
  cluster,
  worker,
  snapshot,
];

const { values: options, positionals: names } = parseArgs({
  options: { json: { type: "boolean" }, help: { type: "boolean", short: "h" } },
  allowPositionals: true,
});
const unknown = names.filter((name) => !benches.some((bench) => bench.name === name));
if (options.help === true || unknown.length > 0) {
  const known = benches.map(({ name, title }) => `  ${name.padEnd(12)} ${title}\n`).join("");
  process.stdout.write(
    `${unknown.map((name) => `There is no benchmark ${name}.\n`).join("")}npm run bench [-- NAME...] [--json]\n${known}`,
  );
  process.exit(unknown.length > 0 ? 2 : 0);
}

// Ctrl-C ends the processes that a benchmark has started; no other begins, and what it set up is removed below.
const interrupt = new AbortController();
process.on("SIGINT", () => {
  interrupt.abort();
});

const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};
const figures: (Figure & { bench: string })[] = [];
const failures: { bench: string; reason: string }[] = [];
try {
  const wanted = benches.filter(({ name, onlyNamed }) => (names.length === 0 ? !onlyNamed : names.includes(name)));
  for (const bench of wanted) {
    if (interrupt.signal.aborted) break;
    try {
      const missing = bench.missing();
      if (missing !== undefined) throw new Error(`can't run here: ${missing}`);
      say(`${bench.name}: ${bench.title}`);
      const measured = await bench.run((text) => {
        say(`  ${text}`);
      });
      figures.push(...measured.map((figure) => ({ bench: bench.name, ...figure })));
    } catch (error) {
      failures.push({ bench: bench.name, reason: messageOf(error) });
    }
  }
} finally {
  await removeTestbeds();
}

const judged = figures.map((figure) => ({ ...figure, reached: figure.measured <= figure.limit }));
process.stdout.write(options.json === true ? `${JSON.stringify({ figures: judged, failures }, null, 2)}\n` : table());
process.exitCode = interrupt.signal.aborted
  ? 130
  : failures.length > 0 || judged.some(({ reached }) => !reached)
    ? 1
    : 0;

function table(): string {
  const rows = judged.map(({ name, measured, limit, unit, reached, detail }) => [
    name,
    `${number(measured)} ${unit}`.trim(),
    `${limit} ${unit}`.trim(),
    reached ? "reached" : "MISSED",
    detail,
  ]);
  const all = [["name", "measured", "limit", "verdict", "from"], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return [...lines, ...failures.map(({ bench, reason }) => `${bench}: FAILED: ${reason}`), ""].join("\n");
}

function number(value: number): string {
  return value.toFixed(Number.isInteger(value) ? 0 : value < 10 ? 2 : 1);
}
