import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testUnless } from "../../support/describeUnless.ts";

const ansible = join(import.meta.dirname, "../../../ansible");
const library = readFileSync(join(ansible, "library/strata_files.py"), "utf8");

let directory: string;
const at = (name: string): string => join(directory, name);
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "strata-files-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

/** As Ansible sends it to a machine. */
function run(options: Record<string, unknown>): Record<string, unknown> {
  const given = JSON.stringify({ unapplied: at("unapplied"), ...options });
  const input = library.replace("<<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>", () => given);
  const { stdout } = spawnSync("python3", ["-"], { input, encoding: "utf8" });
  return JSON.parse(stdout) as Record<string, unknown>;
}
const files = (content: string) => [{ path: at("etc/a.conf"), content, mode: "0600" }];

test("writes what is not so yet, and says what that was", () => {
  const directories = [{ path: at("private"), mode: "0700" }];
  const paths = [at("private"), at("etc/a.conf")];
  expect(run({ directories, files: files("one") })).toMatchObject({ changed: true, paths });
  expect(readFileSync(at("etc/a.conf"), "utf8")).toBe("one");
  expect([at("private"), at("etc/a.conf")].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o600]);
  expect(run({ directories, files: files("one") })).toMatchObject({ changed: false, paths: [] });
  expect(run({ directories, files: files("two") })).toMatchObject({ changed: true, paths: [at("etc/a.conf")] });
});

test("applies what has changed, once", () => {
  const apply = `cat ${at("etc/a.conf")} >> ${at("applied")}`;
  for (const content of ["one", "one", "two"]) run({ files: files(content), apply });
  expect(readFileSync(at("applied"), "utf8")).toBe("onetwo");
  expect(run({ files: files("two"), apply })).toMatchObject({ changed: false });
});

test("applies again what could not be applied, although the files are so by then", () => {
  const apply = `test -e ${at("ready")} || { echo "not ready" >&2; exit 3; }`;
  expect(run({ files: files("one"), apply })).toMatchObject({ failed: true, rc: 3, msg: expect.stringContaining("not ready") });
  expect(run({ files: files("one"), apply })).toMatchObject({ failed: true });
  writeFileSync(at("ready"), "");
  expect(run({ files: files("one"), apply })).toMatchObject({ changed: true, paths: [] });
  expect(readdirSync(at("unapplied"))).toEqual([]);
  expect(run({ files: files("one"), apply })).toMatchObject({ changed: false });
});

test("changes nothing where it is only asked what it would change", () => {
  const asked = run({ files: files("one"), apply: `touch ${at("applied")}`, _ansible_check_mode: true });
  expect(asked).toMatchObject({ changed: true, paths: [at("etc/a.conf")] });
  expect(readdirSync(directory)).toEqual([]);
});

test("what it only looks at changes nothing, and a look that fails says why", () => {
  expect(run({ look: "echo one; echo two" })).toEqual({ changed: false, paths: [], stdout: "one\ntwo\n" });
  expect(run({ look: "echo gone >&2; exit 4" })).toEqual({ failed: true, rc: 4, msg: "looking failed: gone\n" });
});

test("all options that it doesn't know, or misses, are refused at once, and nothing is written", () => {
  const wrong = run({ file: [], files: [{ path: at("a"), contents: "" }], directories: [{ mode: "0700" }] });
  const words = "file, files: contents, files: no content, directories: no path";
  expect(wrong).toEqual({ failed: true, msg: `strata_files: wrong options: ${words}` });
  expect(readdirSync(directory)).toEqual([]);
});

const hasAnsible = spawnSync("ansible", ["--version"]).status === 0;
const noAnsible = hasAnsible ? undefined : "there is no Ansible; ./strata setup installs it";
testUnless(noAnsible, "Ansible gives it any text as it is", () => {
  const content = `"""quotes""" '''and''' \\ \\n \\" {"json": [""]} ümlaut \u{1f600} \\\n`;
  const options = { files: files(content), unapplied: at("unapplied") };
  const words = ["localhost", "--connection", "local", "--module-name", "strata_files"];
  execFileSync("ansible", [...words, "--args", JSON.stringify(options)], { cwd: ansible, stdio: "pipe" });
  expect(readFileSync(at("etc/a.conf"), "utf8")).toBe(content);
});
