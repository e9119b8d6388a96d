import { spawnSync } from "node:child_process";
import { join } from "node:path";
import * as libvirt from "@pulumi/libvirt";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import { domains } from "../../../providers/libvirt/rpc/procedures.ts";
import { findEngine } from "../../../setup/engine/find.ts";
import { describeUnless } from "../../support/describeUnless.ts";
import { KeptTestDriver } from "../../support/keptTestDriver.ts";
import { libvirtdProblem } from "../../support/libvirtd.ts";
import { patient } from "../../support/patience.ts";
import { PluginStack } from "../../support/pluginStack.ts";

const renewProgram = join(import.meta.dirname, "../../../providers/libvirt/renew.ts");
const namespace = "urn:pulumi:libvirt:lease";

const problem = libvirtdProblem() ?? (findEngine() ? undefined : "no Pulumi engine (./strata setup makes one)");
describeUnless(problem, "a machine's lease, on libvirt's test driver", () => {
  const none = { create: 0, update: 0, replace: 0, delete: 0, same: 0 };
  let driver: KeptTestDriver;
  let stack: PluginStack;

  beforeAll(async () => {
    driver = await KeptTestDriver.start();
    stack = await PluginStack.create(["libvirt"]);
  });
  afterEach(() => stack.destroy());
  afterAll(async () => {
    stack.remove();
    await driver.stop();
  });

  const machine =
    (lease?: number, description?: string): PulumiFn =>
    () => {
      const provider = new libvirt.Provider("host", { uri: driver.uri });
      new libvirt.Domain("m", { memory: 64, lease, description }, { provider });
      return Promise.resolve();
    };
  const mark = (): Promise<string> => driver.virsh("metadata", "m", namespace);
  const expiry = async (): Promise<number> => Date.parse(/expires="([^"]+)"/.exec(await mark())?.[1] ?? "");
  const reference = async () => (await driver.connection.call(domains.lookupByName, { name: "m" })).domain;
  const renew = (question: object) =>
    spawnSync(process.execPath, ["--disable-warning=ExperimentalWarning", renewProgram], {
      input: JSON.stringify(question),
      encoding: "utf8",
      timeout: patient(60_000),
    });

  test("its end is written when it is made, and is no difference afterwards", async () => {
    const before = Date.now();
    expect(await stack.up(machine(3600))).toEqual({ ...none, create: 3 });
    expect(await mark()).toContain('seconds="3600"');
    expect(await expiry()).toBeGreaterThanOrEqual(before + 3600e3);
    expect(await expiry()).toBeLessThanOrEqual(Date.now() + 3600e3);
    expect(await stack.preview(machine(3600))).toEqual({ ...none, same: 3 });
    expect(await stack.refresh()).toEqual({ ...none, same: 3 });
    expect(await stack.preview(machine(3600))).toEqual({ ...none, same: 3 });
    expect(stack.keptState()).not.toContain("expires");
  });

  test("a change of it, or of anything else, begins it anew while the machine runs", async () => {
    await stack.up(machine(3600));
    const [first, running] = [await expiry(), await reference()];
    expect(await stack.previewDetail(machine(7200), "m")).toEqual({ op: "update", diff: ["~lease"] });
    await stack.up(machine(7200));
    expect(await expiry()).toBeGreaterThan(first + 3600e3);
    const second = await expiry();
    await stack.up(machine(7200, "other"));
    expect(await expiry()).toBeGreaterThan(second);
    expect(await reference()).toEqual(running);
    await stack.up(machine(undefined, "other"));
    await expect(mark()).rejects.toThrow("metadata");
    expect(await stack.preview(machine(undefined, "other"))).toEqual({ ...none, same: 3 });
  });

  test("one that somebody has taken off is a difference after a refresh", async () => {
    await stack.up(machine(3600));
    await driver.virsh("metadata", "m", namespace, "--remove", "--config", "--live");
    expect(await stack.refresh()).toMatchObject({ update: 1 });
    expect(await stack.previewDetail(machine(3600), "m")).toEqual({ op: "update", diff: ["+lease"] });
    await stack.up(machine(3600));
    expect(await mark()).toContain('seconds="3600"');
  });

  test("who makes an update without changes renews it, and hears of the machines that have gone", async () => {
    await stack.up(machine(3600));
    const { uuid } = await reference();
    const first = await expiry();
    const uri = driver.uri;
    expect(renew({ seconds: 3600, hosts: [{ uri, machines: [uuid] }] })).toMatchObject({ status: 0, stdout: "[]\n" });
    expect(await expiry()).toBeGreaterThan(first);
    expect(await stack.refresh()).toEqual({ ...none, same: 3 });
    const gone = uuid.replace(/^.{8}/, "00000000");
    const { status, stdout } = renew({ seconds: 3600, hosts: [{ uri, machines: [gone, uuid] }] });
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual([expect.stringContaining("Domain not found")]);
  });
});
