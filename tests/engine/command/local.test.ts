import * as pulumi from "@pulumi/pulumi";
import { local } from "@pulumi/command";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PluginStack } from "../../support/pluginStack.ts";

let stack: PluginStack;
let log: string;

beforeAll(async () => {
  stack = await PluginStack.create(["command"]);
  log = join(stack.directory, "log");
});

afterAll(() => {
  stack.remove();
});

function command(args: Partial<local.CommandArgs> = {}) {
  return () => {
    const made = new local.Command("greet", {
      create: `echo "create $WHO" | tee -a ${log}`,
      update: `echo "update $WHO after $PULUMI_COMMAND_STDOUT" | tee -a ${log}`,
      delete: `echo "delete after $PULUMI_COMMAND_STDOUT" >> ${log}`,
      environment: { WHO: "Ada" },
      ...args,
    });
    return Promise.resolve({ stdout: made.stdout });
  };
}

const logged = () => readFileSync(log, "utf8").trim().split("\n");

test("create, nothing, update with the previous output, replacement by a trigger, delete", async () => {
  expect(await stack.up(command())).toMatchObject({ create: 2, update: 0 });
  expect((await stack.outputs()).stdout).toEqual({ value: "create Ada", secret: false });
  expect(await stack.up(command())).toEqual({ create: 0, update: 0, replace: 0, delete: 0, same: 2 });
  expect(logged()).toEqual(["create Ada"]);

  const bob = { environment: { WHO: "Bob" } };
  expect(await stack.preview(command(bob))).toMatchObject({ update: 1, replace: 0, same: 1 });
  expect(await stack.up(command(bob))).toMatchObject({ update: 1, replace: 0, same: 1 });
  expect(logged().slice(1)).toEqual(["update Bob after create Ada"]);

  const triggered = { ...bob, triggers: [1] };
  expect(await stack.up(command(triggered))).toMatchObject({ replace: 1, update: 0, same: 1 });
  expect(logged().slice(2)).toEqual(["create Bob", "delete after update Bob after create Ada"]);

  expect(await stack.destroy()).toMatchObject({ delete: 2 });
  expect(logged().slice(4)).toEqual(["delete after create Bob"]);
});

test("without an update command create runs again, and without addPreviousOutputInEnv it is told nothing", async () => {
  const quiet = { create: 'echo "[$PULUMI_COMMAND_STDOUT]"', update: undefined, delete: undefined };
  await stack.up(command({ ...quiet, addPreviousOutputInEnv: false }));
  await stack.up(command({ ...quiet, addPreviousOutputInEnv: false, stdin: "x" }));
  expect((await stack.outputs()).stdout).toEqual({ value: "[]", secret: false });
  await stack.up(command({ ...quiet, stdin: "y" }));
  expect((await stack.outputs()).stdout).toEqual({ value: "[[]]", secret: false });
  await stack.destroy();
});

test("interpreter, dir and stdin", async () => {
  writeFileSync(join(stack.directory, "work", "here"), "");
  const args = { interpreter: ["/bin/sh", "-e", "-c"], dir: join(stack.directory, "work"), stdin: "from stdin" };
  await stack.up(command({ ...args, create: "test -e here; cat", update: undefined, delete: undefined }));
  expect((await stack.outputs()).stdout).toEqual({ value: "from stdin", secret: false });
  await stack.destroy();
});

test("a secret in the environment makes the output secret, and stays out of the state", async () => {
  const secret = { environment: { WHO: pulumi.secret("hunter2") }, create: 'echo "I am $WHO"', delete: undefined };
  await stack.up(command(secret));
  expect((await stack.outputs()).stdout).toEqual({ value: "I am hunter2", secret: true });
  expect(stack.keptState()).toContain('echo \\"I am $WHO\\"');
  expect(stack.keptState()).not.toContain("hunter2");
  await stack.destroy();
});

test("a command that fails fails the update, and what it printed is in the message", async () => {
  const failure = await stack.failure(command({ create: "echo partial; echo no such luck >&2; exit 3" }));
  expect(failure).toMatch(/the command ended with status 3:\n\s*partial\n\s*no such luck/);
  const silent = await stack.failure(command({ create: "echo token123 >&2; exit 4", logging: "none" }));
  expect(silent).toContain('the command ended with status 4; its output is not shown because `logging` is "none"');
  await stack.destroy();
});

test("what only the official plugin does is refused before anything runs", async () => {
  const failure = await stack.failure(command({ assetPaths: ["*.txt"] }));
  expect(failure).toContain("assetPaths: only the official command plugin collects files as assets");
  await stack.destroy();
});

test("an interrupt ends the command and what it started", async () => {
  const file = join(stack.directory, "pids");
  const create = `sleep 300 & echo $! $$ > ${file}; wait`;
  const failed = stack.failure(command({ create, delete: undefined }));
  while (!existsSync(file) || readFileSync(file, "utf8").trim() === "") await sleep(50);
  const pids = readFileSync(file, "utf8").trim().split(" ").map(Number);
  expect(pids.map(running)).toEqual([true, true]);
  stack.interrupt();
  await failed;
  expect(pids.map(running)).toEqual([false, false]);
});

function running(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
