import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { writeWhole } from "../../../local/writeWhole.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "strata-whole-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

test("the new content is there, with its mode, and nothing beside it", () => {
  const file = join(directory, "record.json");
  writeWhole(file, "old");
  chmodSync(file, 0o644);
  writeWhole(file, "new", 0o600);
  expect(readFileSync(file, "utf8")).toBe("new");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(directory)).toEqual(["record.json"]);
});

test("what can't be put in place leaves the old as it was, and nothing beside it", () => {
  mkdirSync(join(directory, "taken/full"), { recursive: true });
  expect(() => {
    writeWhole(join(directory, "taken"), "text");
  }).toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
  expect(readdirSync(directory)).toEqual(["taken"]);
});

test("no content is cut by a full disk", () => {
  const file = join(directory, "record.json");
  writeFileSync(file, "old");
  // A limit on the size of files fails a write half-way, as a full disk does.
  const module = join(import.meta.dirname, "../../../local/writeWhole.ts");
  const script = `process.on("SIGXFSZ", () => undefined);
    const { writeWhole } = await import(${JSON.stringify(module)});
    try { writeWhole(${JSON.stringify(file)}, "x".repeat(1 << 20)); } catch (error) { console.log(error.code); }`;
  const limited = spawnSync(
    "sh",
    ["-c", 'ulimit -f 8; exec "$@"', "sh", process.execPath, "--input-type=module", "--eval", script],
    {
      encoding: "utf8",
      env: { ...process.env, NODE_OPTIONS: "", NODE_COMPILE_CACHE: "" },
    },
  );
  expect(limited.stdout).toBe("EFBIG\n");
  expect(readFileSync(file, "utf8")).toBe("old");
  expect(readdirSync(directory)).toEqual(["record.json"]);
});
