import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seededRandom } from "../../../benchmarks/metrics/random.ts";

/** So long that a write takes a while. */
const length = 2 ** 20;

test("a writer that is killed at any moment leaves one content or the other, whole", async () => {
  const directory = mkdtempSync(join(tmpdir(), "strata-killed-"));
  const file = join(directory, "state.json");
  const module = JSON.stringify(join(import.meta.dirname, "../../../local/writeWhole.ts"));
  const script = `
    const { writeWhole } = await import(${module});
    for (let i = 0; ; i++) {
      writeWhole(${JSON.stringify(file)}, (i % 2 ? "a" : "b").repeat(${length}));
      if (i === 0) console.log("begun");
    }`;
  const random = seededRandom(11);
  for (let kill = 0; kill < 5; kill++) {
    const writer = spawn(process.execPath, ["--input-type=module", "--eval", script], {
      env: { ...process.env, NODE_OPTIONS: "" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(writer.stdout, "data");
    const ended = once(writer, "exit");
    await new Promise((resolve) => setTimeout(resolve, random() * 60));
    // Whoever reads meanwhile finds a whole one, too.
    expect(contentOf(file)).toMatch(/^[ab]$/);
    writer.kill("SIGKILL");
    await ended;
    expect(contentOf(file)).toMatch(/^[ab]$/);
  }
  rmSync(directory, { recursive: true });
});

/** "a" or "b" where it is that, as often as it should be. */
function contentOf(file: string): string {
  const text = readFileSync(file, "utf8");
  const first = text.slice(0, 1);
  return text === first.repeat(length) ? first : `${text.length} characters`;
}
