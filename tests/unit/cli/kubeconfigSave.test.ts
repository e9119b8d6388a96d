import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { savePrivately } from "../../../cli/kubeconfig/save.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "strata-kubeconfig-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

test("the file is its owner's alone, with the folders that it needs, and nothing else is left", async () => {
  const file = join(directory, "a/b/config");
  await savePrivately(file, "one");
  await savePrivately(file, "two");
  expect(readFileSync(file, "utf8")).toBe("two");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(directory, "a/b"))).toEqual(["config"]);
});

test.each([true, false])("a link stays a link, whether what it names is there (%p) or not yet", async (there) => {
  const real = join(directory, "real");
  if (there) writeFileSync(real, "old", { mode: 0o644 });
  symlinkSync("real", join(directory, "second"));
  symlinkSync(join(directory, "second"), join(directory, "config"));
  await savePrivately(join(directory, "config"), "new");
  expect(lstatSync(join(directory, "config")).isSymbolicLink()).toBe(true);
  expect(readFileSync(real, "utf8")).toBe("new");
  expect(statSync(real).mode & 0o777).toBe(0o600);
});

test("links in a circle are refused", async () => {
  symlinkSync("b", join(directory, "a"));
  symlinkSync("a", join(directory, "b"));
  await expect(savePrivately(join(directory, "a"), "x")).rejects.toThrow("too many links");
});
