import { mkdirSync, mkdtempSync, rmSync, statSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { environmentFor, withoutOwnVariables } from "../../../setup/environment.ts";
import { prepareState } from "../../../setup/state.ts";

const directory = mkdtempSync(join(tmpdir(), "strata-environment-"));
const state = join(directory, "state");
const home = join(directory, "home");
const engine = { source: "built" as const, directory: "/opt/engine", version: "3.274.1" };
const cache = process.env.STRATA_CACHE;
const nodeDirectory = dirname(process.execPath);

beforeAll(() => {
  mkdirSync(home);
  process.env.STRATA_STATE = state;
  process.env.STRATA_CACHE = join(directory, "cache");
});

afterAll(() => {
  delete process.env.STRATA_STATE;
  if (cache === undefined) delete process.env.STRATA_CACHE;
  else process.env.STRATA_CACHE = cache;
  rmSync(directory, { recursive: true });
});

test("a user without Pulumi gets this checkout's home, backend and passphrase", () => {
  expect(environmentFor(engine, { HOME: home, PATH: "/usr/bin:/bin" })).toEqual({
    PATH: `${nodeDirectory}:/opt/engine:/usr/bin:/bin`,
    NODE_COMPILE_CACHE: join(process.env.STRATA_CACHE!, "compiled"),
    STRATA_NODE: process.execPath,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_HOME: join(state, "pulumi-home"),
    PULUMI_BACKEND_URL: `file://${join(state, "pulumi")}`,
    PULUMI_CONFIG_PASSPHRASE_FILE: join(state, "passphrase"),
  });
});

test("printed by `strata env` and evaluated, it stays the same", () => {
  const once = environmentFor(engine, { HOME: home, PATH: "/usr/bin" });
  const { PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE_FILE, ...rest } = once;
  expect(environmentFor(engine, { HOME: home, ...once })).toEqual(rest);
  expect([PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE_FILE]).toEqual([
    `file://${join(state, "pulumi")}`,
    join(state, "passphrase"),
  ]);
});

test("a test takes back what was evaluated, and nothing of the user's", () => {
  const evaluated = environmentFor(engine, { HOME: home, PATH: "/usr/bin" });
  expect(withoutOwnVariables({ ...evaluated, PULUMI_HOME: "/srv/pulumi" })).toEqual({
    PULUMI_BACKEND_URL: undefined,
    PULUMI_CONFIG_PASSPHRASE_FILE: undefined,
  });
  expect(Object.keys(withoutOwnVariables({ PULUMI_BACKEND_URL: "s3://states" }))).toEqual([]);
});

test("a user's own backend, passphrase and home are left alone", () => {
  const user = {
    HOME: home,
    PATH: "/bin",
    PULUMI_BACKEND_URL: "s3://states",
    PULUMI_CONFIG_PASSPHRASE: "x",
    PULUMI_HOME: "/srv/pulumi",
  };
  expect(environmentFor(engine, user)).toEqual({
    PATH: `${nodeDirectory}:/opt/engine:${join(state, "bin")}:/bin`,
    NODE_COMPILE_CACHE: join(process.env.STRATA_CACHE!, "compiled"),
    STRATA_NODE: process.execPath,
    PULUMI_SKIP_UPDATE_CHECK: "true",
  });
});

test("a user who is logged in elsewhere keeps that", () => {
  const loggedIn = join(directory, "logged-in");
  mkdirSync(join(loggedIn, ".pulumi"), { recursive: true });
  writeFileSync(join(loggedIn, ".pulumi/credentials.json"), JSON.stringify({ current: "https://pulumi.example.org" }));
  const expected = {
    PATH: `${nodeDirectory}:/opt/engine:${join(state, "bin")}:/bin`,
    NODE_COMPILE_CACHE: join(process.env.STRATA_CACHE!, "compiled"),
    STRATA_NODE: process.execPath,
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
  expect(environmentFor(engine, { HOME: loggedIn, PATH: "/bin" })).toEqual(expected);
  expect(environmentFor(engine, { HOME: home, PATH: "/bin", PULUMI_ACCESS_TOKEN: "token" })).toEqual(expected);
});

test("our language host is on PATH only where the engine has none", () => {
  const { PATH } = environmentFor({ ...engine, languageHost: "/repo/host" }, { HOME: home, PATH: "/bin" });
  expect(PATH).toBe(`${nodeDirectory}:/opt/engine:/repo/host:/bin`);
});

test("state is private and made once", () => {
  prepareState();
  const file = join(state, "passphrase");
  const passphrase = readFileSync(file, "utf8");
  expect(passphrase).toMatch(/^[\w-]{32}$/);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(join(state, "pulumi")).isDirectory()).toBe(true);
  expect(statSync(join(state, "pulumi-home/plugins")).isDirectory()).toBe(true);
  prepareState();
  expect(readFileSync(file, "utf8")).toBe(passphrase);
});
