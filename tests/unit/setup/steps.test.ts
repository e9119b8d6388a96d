// What doctor sees and setup does, step by step: here without a network, an engine or anybody's Pulumi.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { hostFacts } from "../../../setup/facts/index.ts";
import { pluginDirectory, pluginVersion } from "../../../setup/pulumi/officialPlugin.ts";
import { commandPluginStep } from "../../../setup/steps/commandPlugin.ts";
import { engineStep } from "../../../setup/steps/engine.ts";
import { nodeStep } from "../../../setup/steps/node.ts";
import { stateStep } from "../../../setup/steps/state.ts";
import { asRoot } from "../../support/otherUser.ts";

const plugin = { name: "command", downloadLimitMs: 1000 };
const before = { ...process.env };
const realFetch = globalThis.fetch;
let directory: string;
const path = (...names: string[]): string => join(directory, ...names);
const signal = new AbortController().signal;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "strata-steps-"));
  mkdirSync(path("home"));
  process.env = {
    ...Object.fromEntries(Object.entries(before).filter(([name]) => !name.startsWith("PULUMI_"))),
    ...{
      STRATA_STATE: path("state"),
      STRATA_CACHE: path("cache"),
      HOME: path("home"),
      PULUMI_HOME: path("state/pulumi-home"),
    },
    PATH: [path("bin"), "/usr/bin", "/bin"].join(delimiter),
  };
  globalThis.fetch = () => Promise.reject(new TypeError("fetch failed", { cause: new Error("no network") }));
});
afterEach(() => {
  process.env = { ...before };
  globalThis.fetch = realFetch;
  rmSync(directory, { recursive: true });
});

/** A program of this name, first on PATH. */
function program(name: string, script: string): void {
  mkdirSync(path("bin"), { recursive: true });
  writeFileSync(path("bin", name), `#!/bin/sh\n${script}\n`);
  chmodSync(path("bin", name), 0o755);
}

describe("Pulumi's state", () => {
  const passphrase = (): string => path("state/passphrase");
  const make = () => stateStep.do(() => undefined, signal);

  test("looking makes nothing; once made it is there, its passphrase its owner's alone and never another one", async () => {
    expect(await stateStep.check()).toEqual({ state: "missing", detail: "not made yet", fix: "Run ./strata setup." });
    expect(existsSync(path("state"))).toBe(false);
    await make();
    expect(await stateStep.check()).toEqual({ state: "ready", detail: path("state/pulumi") });
    const drawn = readFileSync(passphrase(), "utf8");
    expect([drawn.length, statSync(passphrase()).mode & 0o777]).toEqual([32, 0o600]);
    rmSync(path("state/pulumi"), { recursive: true });
    await make();
    expect(readFileSync(passphrase(), "utf8")).toBe(drawn);
  });

  test.each([0o644, 0o640, 0o602])(
    "a passphrase that others may touch (mode %d) is told, with the fix",
    async (mode) => {
      await make();
      chmodSync(passphrase(), mode);
      expect(await stateStep.check()).toEqual({
        state: "limited",
        detail: `others can read ${passphrase()}`,
        fix: `Run: chmod 600 ${passphrase()}`,
      });
    },
  );

  test("an empty passphrase is drawn anew, but not where stacks need the one that was lost", async () => {
    await make();
    writeFileSync(passphrase(), "");
    await make();
    expect(readFileSync(passphrase(), "utf8")).toHaveLength(32);
    mkdirSync(path("state/pulumi/.pulumi/stacks/strata"), { recursive: true });
    writeFileSync(path("state/pulumi/.pulumi/stacks/strata/lab.json"), "{}");
    writeFileSync(passphrase(), "");
    expect(() => make()).toThrow(
      /passphrase is empty, and the secrets in .* put it back from a copy, or give the testbeds up/,
    );
    expect(readFileSync(passphrase(), "utf8")).toBe("");
  });

  test("a user's own backend is ready as it is", async () => {
    process.env.PULUMI_BACKEND_URL = "s3://states";
    expect(await stateStep.check()).toEqual({ state: "ready", detail: "your own backend: s3://states" });
  });
});

test("without an engine its version is named as missing", async () => {
  const found = await engineStep.check();
  expect([found.state, found.detail]).toEqual(["missing", expect.stringMatching(/^no Pulumi engine \d+\.\d+\.\d+$/)]);
});

test("Node.js is the launcher's: it is ready here, and never installed by a step", async () => {
  expect(await nodeStep.check()).toMatchObject({ state: "ready", detail: `${process.version}, ${process.execPath}` });
  await expect(nodeStep.do(() => undefined, signal)).rejects.toThrow("Node.js is the launcher's to install");
});

describe("the command plugin", () => {
  const file = (): string => join(pluginDirectory(plugin), "pulumi-resource-command");
  const install = async (): Promise<string[]> => {
    const said: string[] = [];
    await commandPluginStep.do(({ text }) => said.push(text), signal);
    return said;
  };

  test("where the official one can't be had, the stand-in takes its place, says so, and why", async () => {
    expect(await commandPluginStep.check()).toMatchObject({ state: "missing" });
    const said = await install();
    expect(said.at(-1)).toMatch(/^the official plugin can't be had \(.+\): using Strata's stand-in$/);
    expect(await commandPluginStep.check()).toEqual({
      state: "limited",
      detail: `${pluginVersion(plugin)}: Strata's stand-in, because the official plugin could not be downloaded`,
      fix: `It does all that Strata needs. With a network: rm ${file()} && ./strata setup`,
    });
    expect(statSync(file()).mode & 0o111).toBe(0o111);
  });

  test("another checkout's stand-in is none, and setup puts this one's in its place", async () => {
    await install();
    const own = readFileSync(file(), "utf8");
    writeFileSync(file(), own.replace(/exec .*/, 'exec /elsewhere/pulumi-resource-command "$@"'));
    expect(await commandPluginStep.check()).toMatchObject({
      state: "missing",
      detail: "the stand-in is another checkout's",
    });
    await install();
    expect(readFileSync(file(), "utf8")).toBe(own);
  });

  test("the official one is known by not being the stand-in", async () => {
    mkdirSync(dirname(file()), { recursive: true });
    writeFileSync(file(), "\x7fELF");
    expect(await commandPluginStep.check()).toEqual({ state: "ready", detail: `${pluginVersion(plugin)}, official` });
  });

  test("in a Pulumi home that other projects share it is not put among the plugins", async () => {
    process.env.PULUMI_HOME = path("shared");
    await install();
    expect(existsSync(path("state/bin/pulumi-resource-command"))).toBe(true);
    expect(existsSync(path("shared"))).toBe(false);
    expect(await commandPluginStep.check()).toMatchObject({ state: "limited" });
  });

  test("an interruption is no reason for the stand-in", async () => {
    const reason = new DOMException("interrupted", "AbortError");
    await expect(commandPluginStep.do(() => undefined, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(existsSync(file())).toBe(false);
  });
});

describe("the host", () => {
  const look = (name: string) => hostFacts.find((fact) => fact.name === name)!.find();

  test("a libvirt daemon that answers is told with its version", async () => {
    program("virsh", "printf 'Using API: QEMU 9.0.0\\nRunning against daemon: 9.1.2\\n'");
    expect(await look("libvirt")).toEqual({ state: "ready", detail: "qemu:///system answers (9.1.2)" });
  });

  asRoot("one that does not is no problem for root, who gets a private one", async () => {
    program("virsh", "echo 'error: failed to connect' >&2; exit 1");
    expect(await look("libvirt")).toMatchObject({ state: "ready", detail: expect.stringContaining("private daemon") });
  });

  asRoot("a kernel that can't make a bridge is told with its own words", async () => {
    program("unshare", "echo 'RTNETLINK answers: Operation not supported' >&2; exit 2");
    expect(await look("kernel network")).toEqual({
      state: "missing",
      detail: "RTNETLINK answers: Operation not supported",
      fix: "Use a kernel with bridge, veth and tun, and in a container the right to use them.",
    });
    program("unshare", "exit 0");
    expect(await look("kernel network")).toEqual({ state: "ready", detail: "all there" });
  });

  test("disk space is told where it is, also of places that are not made yet", async () => {
    const { detail } = await look("disk");
    expect(detail).toMatch(/^[\d.]+ GiB free in \//);
    const [, place = ""] = /free in ([^,]+)/.exec(detail)!;
    expect([directory, "/var/lib", "/tmp"]).toContain(place);
  });
});
