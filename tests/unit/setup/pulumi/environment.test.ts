import { mkdirSync, mkdtempSync, rmSync, statSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { environmentFor, withoutOwnVariables } from "../../../../setup/pulumi/environment.ts";
import { prepareState } from "../../../../setup/pulumi/state.ts";

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
  // The engine would look in the account's home.
  const named = { PULUMI_HOME: join(loggedIn, ".pulumi") };
  expect(environmentFor(engine, { HOME: loggedIn, PATH: "/bin" })).toEqual({ ...expected, ...named });
  expect(environmentFor(engine, { HOME: home, PATH: "/bin", PULUMI_ACCESS_TOKEN: "token" })).toEqual(expected);
});

test("a login to a file or object store needs a passphrase, which a user without one gets from this checkout", () => {
  const user = { PULUMI_HOME: join(directory, "local"), PATH: "/bin" };
  mkdirSync(user.PULUMI_HOME, { recursive: true });
  writeFileSync(join(user.PULUMI_HOME, "credentials.json"), JSON.stringify({ current: "file://~" }));
  const { PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE_FILE } = environmentFor(engine, user);
  expect([PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE_FILE]).toEqual([undefined, join(state, "passphrase")]);
  expect(environmentFor(engine, { ...user, PULUMI_CONFIG_PASSPHRASE: "" })).not.toHaveProperty(
    "PULUMI_CONFIG_PASSPHRASE_FILE",
  );
});

test("damaged credentials are no login", () => {
  const user = { PULUMI_HOME: join(directory, "damaged"), PATH: "/bin" };
  mkdirSync(user.PULUMI_HOME, { recursive: true });
  for (const text of ["", "{", "[]", '{"current":7}']) {
    writeFileSync(join(user.PULUMI_HOME, "credentials.json"), text);
    expect(environmentFor(engine, user)).toMatchObject({ PULUMI_BACKEND_URL: `file://${join(state, "pulumi")}` });
  }
});

test("the backend's URL escapes what means something in one", () => {
  process.env.STRATA_STATE = "/tmp/C# 100%2F what? 'ü'";
  try {
    const { PULUMI_BACKEND_URL = "" } = environmentFor(engine, { PATH: "/bin", PULUMI_HOME: undefined });
    expect(fileURLToPath(PULUMI_BACKEND_URL)).toBe("/tmp/C# 100%2F what? 'ü'/pulumi");
    expect(PULUMI_BACKEND_URL).not.toMatch(/[#? ]/);
  } finally {
    process.env.STRATA_STATE = state;
  }
});

test("behind a proxy, of either spelling, this machine is reached without it", () => {
  const environment = environmentFor(engine, { HOME: home, PATH: "/bin", https_proxy: "http://p:1", NO_PROXY: "a.b" });
  expect(environment).toMatchObject({
    no_proxy: "a.b,127.0.0.1,localhost,::1",
    NO_PROXY: "a.b,127.0.0.1,localhost,::1",
  });
  expect(environmentFor(engine, { HOME: home, PATH: "/bin", HTTP_PROXY: "http://p:1" })).toHaveProperty("no_proxy");
  expect(environmentFor(engine, { HOME: home, PATH: "/bin" })).not.toHaveProperty("no_proxy");
});

test("our language host is on PATH only where the engine has none", () => {
  const { PATH } = environmentFor({ ...engine, languageHost: "/repo/host" }, { HOME: home, PATH: "/bin" });
  expect(PATH).toBe(`${nodeDirectory}:/opt/engine:/repo/host:/bin`);
});

test("state is private and made once", () => {
  // Of a process of the same id that was killed.
  mkdirSync(state, { recursive: true });
  writeFileSync(join(state, `passphrase.${process.pid}`), "");
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
