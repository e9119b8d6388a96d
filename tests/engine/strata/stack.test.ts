import { Credentials, Embedded, Reachable } from "@strata/resources";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { embeddedHost } from "../../../local/embeddedHost.ts";
import { knownMachines } from "../../../providers/strata/access/machineFile.ts";
import { describeUnless } from "../../support/describeUnless.ts";
import { hostProblem } from "../../support/hostProblem.ts";
import { PluginStack } from "../../support/pluginStack.ts";

function stackTests(): void {
  let stack: PluginStack;
  let files: string;

  beforeAll(async () => {
    stack = await PluginStack.create(["strata"]);
    process.env.STRATA_STATE = stack.state;
    files = join(stack.state, "stacks/lab");
  });

  afterAll(async () => {
    await stack.destroy();
    stack.remove();
  });

  const program = (passwords: string[], more?: (namespace: string) => void) => () => {
    const host = new Embedded("host", { stack: "lab" });
    const { namespace } = embeddedHost();
    const keys = new Credentials("keys", { stack: "lab", namespace, passwords }, { dependsOn: host });
    more?.(namespace);
    return Promise.resolve({ uri: host.uri, publicKey: keys.publicKey, hostPrivateKey: keys.hostPrivateKey });
  };

  test("host and credentials come, and stay as they are", async () => {
    expect(await stack.up(program(["mqtt"]))).toMatchObject({ create: 3 });
    const outputs = await stack.outputs();
    expect(outputs.uri).toEqual({ value: embeddedHost().uri, secret: false });
    expect(outputs.publicKey?.value).toMatch(/^ssh-ed25519 [A-Za-z0-9+/=]{68} strata-lab$/);
    expect(outputs.hostPrivateKey?.secret).toBe(true);
    expect(await stack.up(program(["mqtt"]))).toEqual({ create: 0, update: 0, replace: 0, delete: 0, same: 3 });
  });

  test("secrets are in files of their owner, and nowhere in the state", () => {
    const modes = ["id_ed25519", "ssh_config", "known_hosts", "passwords/mqtt"].map((name) => mode(join(files, name)));
    expect(modes).toEqual(["600", "600", "600", "600"]);
    expect([mode(files), mode(join(files, "passwords"))]).toEqual(["700", "700"]);
    const password = readFileSync(join(files, "passwords/mqtt"), "utf8");
    expect(password).toMatch(/^[A-Za-z0-9_-]{32}$/);
    const kept = stack.keptState();
    for (const secret of [password, "BEGIN OPENSSH PRIVATE KEY", "strata-host-key-seed"])
      expect(kept).not.toContain(secret);
  });

  test("another password is an update that leaves the keys", async () => {
    const before = readFileSync(join(files, "passwords/mqtt"), "utf8");
    expect(await stack.up(program(["mqtt", "grafana"]))).toMatchObject({ update: 1, replace: 0, same: 2 });
    expect(readdirSync(join(files, "passwords")).sort()).toEqual(["grafana", "mqtt"]);
    expect(readFileSync(join(files, "passwords/mqtt"), "utf8")).toBe(before);
  });

  test("a dead daemon and a lost configuration are seen without a refresh, and mended", async () => {
    const pidFile = join(embeddedHost().runDirectory, "libvirtd.pid");
    const pid = Number(readFileSync(pidFile, "utf8"));
    process.kill(pid, "SIGKILL");
    rmSync(join(files, "ssh_config"));
    const wanted = program(["mqtt", "grafana"]);
    expect(await stack.preview(wanted)).toMatchObject({ update: 2, replace: 0, same: 1 });
    expect(await stack.up(wanted)).toMatchObject({ update: 2, replace: 0, same: 1 });
    expect(Number(readFileSync(pidFile, "utf8"))).not.toBe(pid);
    expect(existsSync(join(files, "ssh_config"))).toBe(true);
  });

  test("a lost key is a new key", async () => {
    const before = (await stack.outputs()).publicKey;
    rmSync(join(files, "id_ed25519"));
    expect(await stack.up(program(["mqtt", "grafana"]))).toMatchObject({ replace: 1, update: 0, same: 2 });
    expect((await stack.outputs()).publicKey).not.toEqual(before);
  });

  test("a machine that never answers is named, with the end of its console", async () => {
    const consoleLog = join(stack.directory, "console.log");
    writeFileSync(consoleLog, "Kernel panic - not syncing: no root\r\n");
    const failure = await stack.failure(
      program(["mqtt", "grafana"], () => {
        const machine = { stack: "lab", machine: "edge-7", address: "10.126.64.8", machineId: "d" };
        new Reachable("edge-7", { ...machine, timeoutSeconds: 2, consoleLog });
      }),
    );
    expect(failure).toMatch(/gave up waiting for edge-7 \(10\.126\.64\.8\) to answer to ssh after \d+ s: /);
    expect(failure).toContain("Kernel panic - not syncing: no root");
    // So that one can look for oneself.
    expect(knownMachines("lab")).toEqual([{ name: "edge-7", address: "10.126.64.8" }]);
  });

  test("destroy removes all but results", async () => {
    mkdirSync(join(files, "results"));
    const { runDirectory, dataDirectory, namespace } = embeddedHost();
    await stack.destroy();
    expect(readdirSync(files)).toEqual(["results"]);
    expect([runDirectory, dataDirectory, `/run/netns/${namespace}`].map((path) => existsSync(path))).toEqual([
      false,
      false,
      false,
    ]);
  });
}

function mode(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

describeUnless(hostProblem(), "host, credentials and reachability in a stack", stackTests);
