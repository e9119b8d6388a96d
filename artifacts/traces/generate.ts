// Makes the example traces. All of them: npm run traces. One of your own, on standard output:
//   node artifacts/traces/generate.ts walk --seed 7 --seconds 300 --latency 45 --rate 7.21
//   node artifacts/traces/generate.ts step --latency 45 --to 145 --at 20 --for 20
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { examples, step, walk } from "./models.ts";

/** Where experiments find them. */
const folder = join(import.meta.dirname, "../../stacks/traces");

function main(): void {
  const number = { type: "string" } as const;
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { seed: number, seconds: number, latency: number, rate: number, to: number, at: number, for: number },
  });
  const of = (key: keyof typeof values, usual: number): number => {
    const value = values[key] === undefined ? usual : Number(values[key]);
    if (!Number.isFinite(value) || value < 0)
      throw new Error(`--${key} ${String(values[key])} is not a number from 0 on`);
    return value;
  };
  const latency = of("latency", 45);
  switch (positionals[0]) {
    case undefined:
      for (const [file, content] of Object.entries(examples)) writeFileSync(join(folder, file), content);
      return;
    case "walk":
      process.stdout.write(walk({ seed: of("seed", 1), seconds: of("seconds", 120), latency, rate: of("rate", 7.21) }));
      return;
    case "step":
      process.stdout.write(step({ latency, to: of("to", 145), at: of("at", 20), for: of("for", 20) }));
      return;
    default:
      throw new Error(`there is no trace "${positionals[0]}"; make a walk or a step`);
  }
}

main();
