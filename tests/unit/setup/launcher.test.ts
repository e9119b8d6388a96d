// The launcher with a network and tools that are all pretended: what it looks for, installs, refuses and says.
import { execFileSync, spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { patient } from "../../support/patience.ts";

const repository = join(import.meta.dirname, "../../..");
const directory = mkdtempSync(join(tmpdir(), "strata-launcher-"));
const platform = process.arch === "arm64" ? "linux-arm64" : "linux-x64";

let checkout: string;
let tools: string;
let cache: string;

beforeEach(() => {
  const place = mkdtempSync(join(directory, "case-"));
  checkout = join(place, "check out");
  tools = join(place, "tools");
  cache = join(place, "cache");
  for (const folder of [checkout, tools, cache, join(checkout, "setup"), join(checkout, "cli")]) mkdirSync(folder);
  copyFileSync(join(repository, "strata"), join(checkout, "strata"));
  writeFileSync(join(checkout, "package-lock.json"), "{}\n");
  writeFileSync(
    join(checkout, "cli/main.ts"),
    'process.stdout.write("main " + process.argv.slice(2).join(",") + "\\n");\n',
  );
  const needed =
    "sh cat cut dirname env find flock mkdir mktemp mv readlink rm sed sha256sum sha512sum sleep tail tar gzip uname chmod touch cp";
  for (const name of needed.split(" "))
    symlinkSync(execFileSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).trim(), join(tools, name));
  lock("0".repeat(128));
});

afterAll(() => {
  rmSync(directory, { recursive: true });
});

function lock(sha512: string, release = "0".repeat(64)): void {
  writeFileSync(
    join(checkout, "setup/node.lock"),
    `version 99.1.0\n${platform} ${sha512}\nrelease-${platform} ${release}\n`,
  );
}

function tool(name: string, script: string): void {
  writeFileSync(join(tools, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

/** An npm that packs the given tarball, and whose `ci` writes what npm's does; each call is noted. */
function npm(tarball?: string): void {
  tool(
    "npm",
    `echo "$1" >>'${cache}/npm-calls'
case "$1" in
  pack) cp '${tarball ?? "/nonexistent"}' node-${platform}-99.1.0.tgz ;;
  ci) mkdir -p node_modules && touch node_modules/.package-lock.json ;;
esac`,
  );
}

const npmCalls = (): string[] =>
  existsSync(join(cache, "npm-calls")) ? readFileSync(join(cache, "npm-calls"), "utf8").trim().split("\n") : [];

/** @param node what STRATA_NODE says; this very Node.js by default. */
function strata(
  args: string[],
  node = process.execPath,
  script = join(checkout, "strata"),
  proxies: Record<string, string> = {},
) {
  const { status, stdout, stderr } = spawnSync(script, args, {
    encoding: "utf8",
    cwd: directory,
    env: { PATH: tools, HOME: directory, STRATA_CACHE: cache, STRATA_NODE: node, ...proxies },
    timeout: patient(60_000),
  });
  return { status, stdout, stderr };
}

/**
 * A Node.js 99.1.0 that is this very one.
 *
 * @param top its folder in the tarball, as npm's package has it.
 * @returns the tarball's path and its checksums.
 */
function nodePackage(top = "package"): { tarball: string; sha512: string; sha256: string } {
  const place = mkdtempSync(join(directory, "package-"));
  for (const folder of ["bin", "lib"]) mkdirSync(join(place, top, folder), { recursive: true });
  writeFileSync(join(place, top, "LICENSE"), "");
  writeFileSync(join(place, top, "bin/node"), `#!/bin/sh\nexec '${process.execPath}' "$@"\n`, { mode: 0o755 });
  const tarball = join(place, "node.tgz");
  execFileSync("tar", ["-czf", tarball, "-C", place, top]);
  const sum = (command: string) => execFileSync(command, [tarball], { encoding: "utf8" }).split(" ")[0] ?? "";
  return { tarball, sha512: sum("sha512sum"), sha256: sum("sha256sum") };
}

/** A curl that has the one file; its npm, which the release brings with it, is pretended by `npm()`. */
function curl(url: string, file: string): void {
  tool(
    "curl",
    `while [ $# -gt 1 ]; do [ "$1" != -o ] || to=$2; shift; done
[ "$1" = '${url}' ] && cp '${file}' "$to"`,
  );
}

test("packages are installed once, and again when the lock file changes", () => {
  npm();
  expect(strata(["up", "lab"])).toEqual({
    status: 0,
    stdout: "main up,lab\n",
    stderr: "strata: installing npm packages (npm ci)\n",
  });
  expect(strata(["up"])).toEqual({ status: 0, stdout: "main up\n", stderr: "" });
  expect(npmCalls()).toEqual(["ci"]);
  // Newer than what npm wrote: a pull changed it.
  execFileSync("touch", ["-d", "+1 minute", join(checkout, "package-lock.json")]);
  expect(strata(["up"]).stderr).toBe("");
  writeFileSync(join(checkout, "package-lock.json"), '{"changed": 1}\n');
  execFileSync("touch", ["-d", "+1 minute", join(checkout, "package-lock.json")]);
  expect(strata(["up"]).stderr).toBe("strata: installing npm packages (npm ci)\n");
  expect(npmCalls()).toEqual(["ci", "ci"]);
});

test("it works by a symbolic link, from anywhere", () => {
  npm();
  const link = join(directory, "linked-strata");
  symlinkSync(join(checkout, "strata"), link);
  expect(strata(["list"], process.execPath, link).stdout).toBe("main list\n");
});

test("a proxy reaches programs in both spellings, and with a scheme: Node.js would end at once without", () => {
  npm();
  const names = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY"];
  writeFileSync(
    join(checkout, "cli/main.ts"),
    `process.stdout.write(${JSON.stringify(names)}.map((name) => process.env[name]).join(" "));\n`,
  );
  const given = {
    http_proxy: "127.0.0.1:3128",
    HTTPS_PROXY: "https://proxy.example:443",
    no_proxy: "localhost,.example",
  };
  expect(strata([], process.execPath, join(checkout, "strata"), given).stdout).toBe(
    "http://127.0.0.1:3128 http://127.0.0.1:3128 https://proxy.example:443 https://proxy.example:443 localhost,.example localhost,.example",
  );
});

test("a failed npm ci is not taken for done", () => {
  tool("npm", "exit 7");
  expect(strata(["list"])).toEqual({
    status: 1,
    stdout: "",
    stderr:
      "strata: installing npm packages (npm ci)\n" +
      "strata: npm ci failed (see above); check the network and the npm registry, then run this again\n",
  });
  npm();
  expect(strata(["list"]).status).toBe(0);
});

test("without Node.js, npm's package is installed, verified, and found the next time", () => {
  const { tarball, sha512 } = nodePackage();
  lock(sha512);
  npm(tarball);
  // What a killed launcher has left days ago goes; a running one's stays.
  for (const name of [".new-old", ".new-young"]) mkdirSync(join(cache, "node", name), { recursive: true });
  execFileSync("touch", ["-d", "-2 days", join(cache, "node/.new-old")]);
  const first = strata(["list"], "");
  expect(first.stdout).toBe("main list\n");
  expect(first.stderr).toContain(`strata: installing Node.js 99.1.0 into ${cache} (npm package node-${platform})\n`);
  expect(readdirSync(join(cache, "node")).sort()).toEqual([".new-young", "99.1.0"]);
  expect(readdirSync(join(cache, "node/99.1.0")).sort()).toEqual(["LICENSE", "bin", "node.sha256"]);
  expect(strata(["list"], "")).toEqual({ status: 0, stdout: "main list\n", stderr: "" });
  expect(npmCalls()).toEqual(["pack", "ci"]);
});

test("a package that is not the pinned one is refused, and leaves nothing", () => {
  npm(nodePackage().tarball);
  const { status, stderr } = strata(["list"], "");
  expect(status).toBe(1);
  expect(stderr).toContain(
    `npm package node-${platform}@99.1.0 is not the one whose checksum stands in setup/node.lock`,
  );
  expect(readdirSync(join(cache, "node"))).toEqual([]);
});

test("where npm has no such package, the official release is taken, by the checksum in the lock alone", () => {
  const name = `node-v99.1.0-${platform}`;
  const { tarball, sha256 } = nodePackage(name);
  curl(`https://nodejs.org/dist/v99.1.0/${name}.tar.gz`, tarball);
  npm();
  const refused = strata(["list"], "");
  expect(refused.stderr).toContain(`${name}.tar.gz is not the one whose checksum stands in setup/node.lock`);
  expect([refused.status, readdirSync(join(cache, "node"))]).toEqual([1, []]);
  lock("0".repeat(128), sha256);
  const { stdout, stderr } = strata(["list"], "");
  expect(stdout).toBe("main list\n");
  expect(stderr).toContain(`strata: installing Node.js 99.1.0 into ${cache} (official release ${name}.tar.gz)\n`);
  expect(readdirSync(join(cache, "node/99.1.0")).sort()).toEqual(["LICENSE", "bin", "lib", "node.sha256"]);
});

test("a Node.js that is too old is passed over", () => {
  tool("node", "exit 1");
  npm(nodePackage().tarball);
  expect(strata(["list"], "").stderr).toContain("installing Node.js 99.1.0");
});

test("with neither npm nor curl it says what to install", () => {
  const { status, stderr } = strata(["list"], "");
  expect(status).toBe(1);
  expect(stderr).toContain("install npm or curl (apt-get install npm), or set STRATA_NODE");
});
