import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { buildWithGo } from "../../../setup/goBuild.ts";

const directory = mkdtempSync(join(tmpdir(), "strata-go-"));
const path = process.env.PATH;
const { signal } = new AbortController();

/** A Go client that writes its calls down, and does for `go build` what the script says. */
function goClient(build: string, version = "go1.26.0"): void {
  const script = `#!/bin/sh
echo "$*" >> ${directory}/calls
case $1 in
  env) echo ${version} ;;
  list) echo "go: downloading example.org/a v1.0.0" >&2; printf 'runtime\\nexample.org/a\\nexample.org/tool\\n' ;;
  build) ${build} ;;
esac
`;
  writeFileSync(join(directory, "go"), script);
  chmodSync(join(directory, "go"), 0o755);
}

const build = {
  directory,
  packages: ["example.org/tool"],
  flags: ["-mod=readonly", "-modfile=1.mod", "-trimpath"],
  output: join(directory, "tool"),
};

beforeAll(() => {
  process.env.PATH = `${directory}:${path}`;
});

afterAll(() => {
  process.env.PATH = path;
  rmSync(directory, { recursive: true });
});

test("the flags about modules hold for the listing too; progress counts modules and packages", async () => {
  goClient(`echo runtime >&2; echo example.org/tool >&2; touch ${directory}/tool`);
  const told: string[] = [];
  const version = await buildWithGo(build, ({ text, detail = "" }) => told.push(`${text} ${detail}`.trim()), signal);
  expect(version).toBe("go1.26.0");
  expect(readFileSync(join(directory, "calls"), "utf8").split("\n").slice(1, 3)).toEqual([
    "list -mod=readonly -modfile=1.mod -deps example.org/tool",
    `build -v -mod=readonly -modfile=1.mod -trimpath -o ${build.output} example.org/tool`,
  ]);
  expect(told).toEqual([
    "downloading Go modules",
    "downloading Go modules 1: example.org/a",
    "compiling 1 of at most 3 packages",
    "compiling 2 of at most 3 packages",
  ]);
  expect(existsSync(build.output)).toBe(true);
});

test("a build that fails says what the compiler said, without the packages around it", async () => {
  goClient(`echo runtime >&2; echo "main.go:3: undefined: x" >&2; echo example.org/a >&2; exit 1`);
  await expect(buildWithGo(build, () => undefined, signal)).rejects.toThrow(
    /^go build failed:\nmain\.go:3: undefined: x$/,
  );
});

test("a Go client that is too old is refused, with the fix", async () => {
  goClient("exit 1", "go1.19.8");
  await expect(buildWithGo(build, () => undefined, signal)).rejects.toThrow(/go1\.19\.8 is too old.*Install Go/);
});
