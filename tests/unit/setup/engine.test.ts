import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findEngine } from "../../../setup/engine/find.ts";
import { isAtLeast } from "../../../setup/executables.ts";
import { checksumIn } from "../../../setup/publishedChecksum.ts";
import { builtDirectory, languageHostDirectory } from "../../../setup/engine/recipe.ts";
import { earlierBuild, problemOf, storeBuilt } from "../../../setup/engine/store.ts";

const directory = mkdtempSync(join(tmpdir(), "strata-engine-"));
const saved = { PATH: process.env.PATH, STRATA_CACHE: process.env.STRATA_CACHE };

beforeEach(() => {
  process.env.STRATA_CACHE = mkdtempSync(join(directory, "cache-"));
  process.env.PATH = "/usr/bin:/bin";
});

afterAll(() => {
  process.env.PATH = saved.PATH;
  if (saved.STRATA_CACHE === undefined) delete process.env.STRATA_CACHE;
  else process.env.STRATA_CACHE = saved.STRATA_CACHE;
  rmSync(directory, { recursive: true });
});

/** A folder with an executable `pulumi` that says this version. */
function engineSaying(version: string, ...others: string[]): string {
  const folder = mkdtempSync(join(directory, "bin-"));
  writeFileSync(join(folder, "pulumi"), `#!/bin/sh\necho '${version}'\n`);
  chmodSync(join(folder, "pulumi"), 0o755);
  for (const name of others) writeFileSync(join(folder, name), "", { mode: 0o755 });
  return folder;
}

test.each([
  ["3.274.1", "3.150.0", true],
  ["3.150.0", "3.150.0", true],
  ["3.149.9", "3.150.0", false],
  ["4.0.0", "3.150.0", true],
  ["go1.26.8", "1.21", true],
  ["go1.19.8", "1.21", false],
])("%s is at least %s: %s", (version, oldest, expected) => {
  expect(isAtLeast(version, oldest)).toBe(expected);
});

test("a recent engine on PATH is used, with our language host where it has none", () => {
  const alone = engineSaying("v3.200.0");
  process.env.PATH = `${alone}:/usr/bin:/bin`;
  expect(findEngine()).toEqual({
    source: "path",
    directory: alone,
    version: "3.200.0",
    languageHost: languageHostDirectory,
  });
  const whole = engineSaying("v3.201.0-dev", "pulumi-language-nodejs");
  process.env.PATH = `${whole}:/usr/bin:/bin`;
  expect(findEngine()).toEqual({ source: "path", directory: whole, version: "3.201.0" });
});

test("an old or broken engine on PATH is not", () => {
  process.env.PATH = `${engineSaying("v3.149.0")}:/usr/bin:/bin`;
  expect(findEngine()).toBeUndefined();
  process.env.PATH = `${engineSaying("")}:/usr/bin:/bin`;
  expect(findEngine()).toBeUndefined();
});

test("a built engine is stored with the language host, found, and verified by its checksums", async () => {
  const binary = join(engineSaying("v3.274.1"), "pulumi");
  const stored = await storeBuilt(binary);
  expect(stored).toBe(builtDirectory());
  expect(findEngine()).toEqual({ source: "built", directory: stored, version: "3.274.1" });
  expect(await problemOf(stored)).toBeUndefined();
  expect(await earlierBuild()).toBe(join(stored, "pulumi"));
  rmSync(join(stored, "pulumi"));
  expect(await problemOf(stored)).toBe("pulumi is missing");
  writeFileSync(join(stored, "pulumi"), "#!/bin/sh\necho changed\n");
  expect(await problemOf(stored)).toBe("pulumi has changed (its SHA-256 is not the recorded one)");
  expect(await earlierBuild()).toBeUndefined();
});

test("a stored engine on PATH, as `strata env` puts it there, is found by its recipe and not as the user's own", async () => {
  const stored = await storeBuilt(join(engineSaying("v3.274.1"), "pulumi"));
  process.env.PATH = `${stored}:/usr/bin:/bin`;
  expect(findEngine()?.source).toBe("built");
});

test("an engine without its record is corrupt, not absent", async () => {
  const folder = join(directory, "half");
  mkdirSync(folder);
  expect(await problemOf(folder)).toBe(
    `engine.json can't be read (ENOENT: no such file or directory, open '${join(folder, "engine.json")}')`,
  );
});

test("the publisher's checksum is taken by the file's exact name", () => {
  const sum = "a".repeat(64);
  const list = `${"b".repeat(64)}  pulumi-v3.274.1-linux-arm64.tar.gz\n${sum}  pulumi-v3.274.1-linux-x64.tar.gz\n`;
  expect(checksumIn(list, "pulumi-v3.274.1-linux-x64.tar.gz")).toBe(sum);
  expect(() => checksumIn(list, "pulumi-v3.274.1-darwin-x64.tar.gz")).toThrow(
    "the publisher's list of checksums has none for pulumi-v3.274.1-darwin-x64.tar.gz",
  );
  expect(() => checksumIn("not-a-checksum  x\n", "x")).toThrow("the publisher's list of checksums has none for x");
});
