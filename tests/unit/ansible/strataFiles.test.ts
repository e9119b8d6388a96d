import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const library = join(import.meta.dirname, "../../../ansible/library/strata_files.py");

/** As ansible.cfg has it for the machines; ansible-core's package puts its modules there. */
const python = "/usr/bin/python3";

function ansibleProblem(): string | undefined {
  try {
    execFileSync(python, ["-c", "import ansible.module_utils.basic"], { stdio: "ignore" });
    return undefined;
  } catch {
    return `${python} has no ansible (./strata setup installs it)`;
  }
}

const problem = ansibleProblem();
if (problem !== undefined) {
  test.skip(`strata_files, not tested on this host: ${problem}`, () => undefined);
} else {
  describe("strata_files", () => {
    let directory: string;
    const at = (name: string): string => join(directory, name);
    beforeEach(() => {
      directory = mkdtempSync(join(tmpdir(), "strata-files-"));
    });
    afterEach(() => {
      rmSync(directory, { recursive: true });
    });

    function run(options: Record<string, unknown>): Record<string, unknown> {
      const input = JSON.stringify({ ANSIBLE_MODULE_ARGS: { unapplied: at("unapplied"), ...options } });
      const { stdout } = spawnSync(python, [library], { input, encoding: "utf8" });
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
  });
}
