import { readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../../..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");

/** Lines that say something to a program. */
const bare = (yaml: string): string[] =>
  yaml
    .split("\n")
    .map((line) => line.replace(/(^|\s+)#.*$/, ""))
    .filter((line) => line !== "");

test("the README shows the quickstart's file as it is", () => {
  const [, shown = ""] = /^```yaml\n(.*?)^```$/ms.exec(read("README.md")) ?? [];
  expect(bare(shown)).toEqual(bare(read("stacks/quickstart.yaml")));
  // Its first edit takes the # off this line.
  const line = "  # edge-endpoint: { latency: 20 ms, jitter: 2 ms, rate: 5 Mbit, loss: 0.1 % }\n";
  expect([shown.includes(line), read("stacks/quickstart.yaml").includes(line)]).toEqual([true, true]);
});
