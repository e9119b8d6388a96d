import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contentHash } from "../../../../components/software/contentHash.ts";

const temporary = mkdtempSync(join(tmpdir(), "strata-hash-"));
afterAll(() => {
  rmSync(temporary, { recursive: true });
});

/** A folder with these files. */
function folder(name: string, files: Record<string, string>): string {
  const directory = join(temporary, name);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(directory, path, ".."), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return directory;
}

const role = folder("role", { "tasks/main.yml": "a", "defaults/main.yml": "b" });

test("the hash is 12 hex digits that never change", () => {
  expect(contentHash(role)).toBe("8bafde3f65b0");
});

test("neither place, time nor order of the files counts", () => {
  const copy = join(temporary, "copy");
  cpSync(role, copy, { recursive: true });
  utimesSync(join(copy, "tasks/main.yml"), 1, 1);
  expect(contentHash(copy)).toBe(contentHash(role));
  expect(contentHash(folder("reversed", { "defaults/main.yml": "b", "tasks/main.yml": "a" }))).toBe(contentHash(role));
});

test.each([
  ["another content", { "tasks/main.yml": "c", "defaults/main.yml": "b" }],
  ["contents changed over", { "tasks/main.yml": "b", "defaults/main.yml": "a" }],
  ["one file more", { "tasks/main.yml": "a", "defaults/main.yml": "b", "handlers/main.yml": "" }],
  ["one file fewer", { "tasks/main.yml": "a" }],
])("%s gives another hash", (name, files) => {
  expect(contentHash(folder(name, files))).not.toBe(contentHash(role));
});

test("another name of a file gives another hash", () => {
  const renamed = folder("renamed", { "tasks/main.yml": "a", "defaults/main.yml": "b" });
  renameSync(join(renamed, "defaults"), join(renamed, "vars"));
  expect(contentHash(renamed)).not.toBe(contentHash(role));
});
