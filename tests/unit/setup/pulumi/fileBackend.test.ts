import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { backendFolder } from "../../../../setup/pulumi/fileBackend.ts";

const directory = mkdtempSync(join(tmpdir(), "strata-backend-"));
const cwd = process.cwd();
afterAll(() => {
  process.chdir(cwd);
  rmSync(directory, { recursive: true });
});

test.each([
  ["file:///srv/a%20b?no_tmp_dir=true", "/srv/a b"],
  ["file://~", userInfo().homedir],
  ["file://~/states", join(userInfo().homedir, "states")],
  ["s3://states", undefined],
  ["https://api.pulumi.com", undefined],
])("%s", (url, folder) => {
  expect(backendFolder({ PULUMI_BACKEND_URL: url, HOME: directory })).toBe(folder);
});

test("a relative one is as the engine takes it, which works in the checkout wherever the command was called", () => {
  process.chdir(directory);
  expect(backendFolder({ PULUMI_BACKEND_URL: "file://./states" })).toBe(
    join(import.meta.dirname, "../../../../states"),
  );
});

test("a login is the one in Pulumi's home, which is the account's whatever $HOME says", () => {
  const home = join(directory, ".pulumi");
  mkdirSync(home);
  writeFileSync(join(home, "credentials.json"), JSON.stringify({ current: "file:///srv/states" }));
  expect(backendFolder({ PULUMI_HOME: home })).toBe("/srv/states");
  expect(backendFolder({ HOME: directory })).toBe(backendFolder({}));
});
