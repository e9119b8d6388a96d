import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseCsvTrace } from "../../../components/experiment/traceText.ts";
import { examples, step, walk } from "../../../artifacts/traces/models.ts";

const directory = join(import.meta.dirname, "../../../stacks/traces");
const generate = join(import.meta.dirname, "../../../artifacts/traces/generate.ts");

test.each(Object.entries(examples))("%s is what the generator makes, and can be replayed", (file, text) => {
  expect(readFileSync(join(directory, file), "utf8")).toBe(text);
  expect(parseCsvTrace(text).problems).toEqual([]);
});

test("a walk stays around its means, and a seed is a trace", () => {
  const { steps } = parseCsvTrace(walk({ seed: 3, seconds: 3600, latency: 40, rate: 10 }));
  expect(steps).toHaveLength(7200);
  const logs = (values: number[]): { mean: number; sd: number } => {
    const mean = values.reduce((sum, value) => sum + Math.log(value), 0) / values.length;
    const squares = values.reduce((sum, value) => sum + (Math.log(value) - mean) ** 2, 0);
    return { mean: Math.exp(mean), sd: Math.sqrt(squares / values.length) };
  };
  const latency = logs(steps.map(({ latencyMs = 0 }) => latencyMs));
  const rate = logs(steps.map(({ rateMbit = 0 }) => rateMbit));
  expect(Math.abs(latency.mean / 40 - 1)).toBeLessThan(0.05);
  expect(Math.abs(rate.sd / 0.5 - 1)).toBeLessThan(0.1);
  expect(walk({ seed: 3, seconds: 5, latency: 40, rate: 10 })).not.toBe(
    walk({ seed: 4, seconds: 5, latency: 40, rate: 10 }),
  );
});

test("the command prints a trace of one's own", () => {
  const printed = execFileSync(process.execPath, [generate, "step", "--to", "60", "--at", "5"]);
  expect(printed.toString()).toBe(step({ latency: 45, to: 60, at: 5, for: 20 }));
});
