import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { secret, unknownValue } from "../../../../providers/kit/values.ts";
import { PluginProcess } from "../../../support/pluginProcess.ts";
import { until } from "../../../support/until.ts";

const urn = "urn:pulumi:lab::strata::strata:index:Testbed$fixture:index/thing:Thing::thing-a";
let plugin: PluginProcess;

beforeAll(async () => {
  plugin = await PluginProcess.start("tests/unit/providers/kit/fixture.ts");
  await plugin.configure({ colour: "blue", version: "1.2.3" });
});
afterAll(() => plugin.stop());

test("check completes inputs and wraps those that are always secret", async () => {
  const response = await plugin.check(urn, { size: 3, pin: "0000" });
  expect(response.getInputs()?.toJavaScript()).toEqual({ name: "thing-a", size: 3, pin: secret("0000") });
  expect(response.getFailuresList()).toEqual([]);
});

test("check names every problem with its property", async () => {
  const response = await plugin.check(urn, { name: "A", size: 0, parts: [{ weight: 1, hue: 2 }], extra: true });
  expect(response.getFailuresList().map((failure) => failure.toObject())).toEqual([
    { property: "name", reason: "name: write lower-case letters and dashes" },
    { property: "size", reason: "size: must be at least 1" },
    {
      property: "parts[0].hue",
      reason: "parts[0].hue is not supported by fixture:index/thing:Thing; remove it",
    },
    { property: "extra", reason: "extra is not supported by fixture:index/thing:Thing; remove it" },
  ]);
});

test("check leaves alone what is not known yet, and still refuses an unknown value under an unknown name", async () => {
  const response = await plugin.check(urn, { name: unknownValue, size: unknownValue, extra: unknownValue });
  expect(response.getFailuresList().map((failure) => failure.getProperty())).toEqual(["extra"]);
});

test("configuration is checked like inputs", async () => {
  const response = await plugin.checkConfig({ colour: "red", version: "1.2.3", hue: 1 });
  expect(response.getFailuresList().map((failure) => failure.getReason())).toEqual([
    "hue is not supported by the fixture provider; remove it",
  ]);
});

test("diff: no change, an update, a replacement that deletes first", async () => {
  const same = await plugin.diff(urn, { name: "a", size: 1 }, { size: 1, name: "a" });
  expect(same.toObject()).toMatchObject({ changes: 1, diffsList: [], replacesList: [], deletebeforereplace: false });
  const update = await plugin.diff(urn, { name: "a", size: 1 }, { name: "a", size: 2, parts: [{ weight: 1 }] });
  expect(update.toObject()).toMatchObject({ changes: 2, diffsList: ["parts", "size"], replacesList: [] });
  const replace = await plugin.diff(urn, { name: "a", size: 1 }, { name: unknownValue, size: 1 });
  expect(replace.toObject()).toMatchObject({ changes: 2, replacesList: ["name"], deletebeforereplace: true });
});

test("create hands over the configuration; its preview promises no outputs", async () => {
  const response = await plugin.create(urn, { name: "a", size: 1 });
  expect(response.getId()).toBe("a");
  expect(response.getProperties()?.toJavaScript()).toEqual({ name: "a", size: 1, shape: "blue", serial: 1 });
  const preview = await plugin.create(urn, { name: "a", size: unknownValue }, true);
  expect(preview.getProperties()?.toJavaScript()).toEqual({ name: "a", size: unknownValue });
});

test("the preview of an update keeps outputs that an update can't change", async () => {
  const old = { name: "a", size: 1, shape: "blue", serial: 1 };
  const preview = await plugin.update(urn, { name: "a", size: 2 }, { name: "a", size: 1 }, old, true);
  expect(preview.getProperties()?.toJavaScript()).toEqual({ ...old, size: 2, serial: unknownValue });
  const done = await plugin.update(urn, { name: "a", size: 2 }, { name: "a", size: 1 }, old);
  expect(done.getProperties()?.toJavaScript()).toEqual({ ...old, size: 2, serial: 2 });
});

test("read reports what exists, and an empty id for what is gone", async () => {
  const found = await plugin.read(urn, "a", {}, { shape: "blue" });
  expect(found.getId()).toBe("a");
  expect(found.getInputs()?.toJavaScript()).toEqual({ name: "a", size: 7 });
  expect(found.getProperties()?.toJavaScript()).toEqual({ name: "a", size: 7, shape: "blue", serial: 1 });
  expect((await plugin.read(urn, "gone", {}, {})).getId()).toBe("");
});

test("errors are sentences without a stack", async () => {
  await expect(plugin.create(urn, { name: "a", size: 13 })).rejects.toMatchObject({
    details: "13 is taken; choose another size",
  });
  await expect(plugin.check(urn.replace("Thing:", "Other:"), {})).rejects.toMatchObject({
    details:
      "the fixture plugin 1.2.3 has no resource type fixture:index/thing:Other; it has fixture:index/thing:Thing",
  });
});

test.each([
  ["while it serves", 1500],
  ["before it serves", 0],
])("a plugin ends when its parent is killed %s", async (_when, afterMs) => {
  const root = join(import.meta.dirname, "../../../..");
  // A parent that starts the plugin, tells its process number, and waits to be killed.
  const script = `sh providers/kit/run-plugin.sh tests/unit/providers/kit/fixture.ts >/dev/null & echo $!; wait`;
  const parent = spawn("sh", ["-c", script], { cwd: root, env: { ...process.env, STRATA_NODE: process.execPath } });
  const [line] = (await once(parent.stdout, "data")) as [Buffer];
  const pid = Number(line.toString());
  // Until its first line has run nobody can tell that the parent is gone but by the pipe to it, which is none here.
  const environment = (): string => readFileSync(`/proc/${pid}/environ`, "utf8");
  await until("its own first line", 60_000, () => environment().includes("STRATA_PLUGIN_PARENT="), 1);
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  expect(() => process.kill(pid, 0)).not.toThrow();
  parent.kill("SIGKILL");
  const alive = (): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  await until("it to end", 60_000, () => !alive(), 100).catch(() => undefined);
  const stays = alive();
  // Its standard error is this process's: jest would wait for it.
  if (stays) process.kill(pid, "SIGKILL");
  expect(stays).toBe(false);
});
