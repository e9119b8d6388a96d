import { Forward } from "@strata/resources";
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { connect, createServer } from "node:net";
import { processesWith } from "../../../providers/strata/process/detached.ts";
import { hasCommand } from "../../../setup/hostPackages.ts";
import { describeUnless } from "../../support/describeUnless.ts";
import { PluginStack } from "../../support/pluginStack.ts";
import { until } from "../../support/until.ts";

const namespace = `strata-test-${process.pid}`;
const child = `EXEC:nsenter --net=/run/netns/${namespace} socat -t 30 STDIO TCP4\\:10.99.0.1\\:6443`;

/** A server in the namespace that answers each line with its own in capitals. */
const server = `
const { createServer } = require("node:net");
createServer((socket) => socket.on("data", (data) => socket.write(data.toString().toUpperCase()))).listen(6443, "10.99.0.1", () => console.log("up"));
`;

function forwardTests(): void {
  let stack: PluginStack;
  let echo: ChildProcess;

  beforeAll(async () => {
    stack = await PluginStack.create(["strata"]);
    execFileSync("ip", ["netns", "add", namespace]);
    for (const command of ["link set lo up", "address add 10.99.0.1/32 dev lo"]) {
      execFileSync("ip", ["-n", namespace, ...command.split(" ")]);
    }
    const inside = ["netns", "exec", namespace, process.execPath, "-e", server];
    echo = spawn("ip", inside, { stdio: ["ignore", "pipe", "inherit"] });
    await new Promise((resolve) => echo.stdout?.once("data", resolve));
  });

  afterAll(async () => {
    await stack.destroy().catch(() => undefined);
    echo.kill("SIGKILL");
    execFileSync("ip", ["netns", "del", namespace]);
    stack.remove();
  });

  const program =
    (into: string | undefined = namespace) =>
    () => {
      const forward = new Forward("api", { stack: "lab", namespace: into, target: "10.99.0.1:6443" });
      return Promise.resolve({ address: forward.address });
    };
  const direct = () => {
    const forward = new Forward("api", { stack: "lab", target: "10.99.0.1:6443" });
    return Promise.resolve({ address: forward.address });
  };
  const address = async () => String((await stack.outputs()).address?.value);

  test("it leads into the namespace, and outlives the plugin", async () => {
    expect(await stack.up(program())).toMatchObject({ create: 2 });
    expect(await address()).toMatch(/^127\.0\.0\.1:2\d{4}$/);
    expect(await answer(await address(), "hello")).toBe("HELLO");
    expect(await stack.up(program())).toMatchObject({ same: 2, update: 0 });
  });

  test("many connections at once", async () => {
    const to = await address();
    const words = Array.from({ length: 20 }, (_, index) => `word${index}`);
    expect(await Promise.all(words.map((word) => answer(to, word)))).toEqual(words.map((word) => word.toUpperCase()));
  });

  test("a dead one is seen in the preview, and comes back at its port", async () => {
    const before = await address();
    for (const pid of processesWith(child)) process.kill(pid, "SIGKILL");
    await until("it to end", 60_000, () => processesWith(child).length === 0, 10);
    expect(await stack.preview(program())).toMatchObject({ update: 1, same: 1 });
    expect(await stack.up(program())).toMatchObject({ update: 1, same: 1 });
    expect(await address()).toBe(before);
    expect(await answer(before, "again")).toBe("AGAIN");
  });

  test("where its port has been taken meanwhile, it moves to the next free one", async () => {
    const before = await address();
    for (const pid of processesWith(child)) process.kill(pid, "SIGKILL");
    await until("it to end", 60_000, () => processesWith(child).length === 0, 10);
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(Number(before.split(":")[1]), "127.0.0.1", resolve));
    await stack.up(program());
    expect(await address()).not.toBe(before);
    expect(await answer(await address(), "moved")).toBe("MOVED");
    other.close();
  });

  test("one that a killed run left is taken over", async () => {
    const before = await address();
    const pids = processesWith(child);
    await stack.forget("api");
    expect(await stack.up(program())).toMatchObject({ create: 1 });
    expect([await address(), processesWith(child)]).toEqual([before, pids]);
  });

  test("without a namespace there is no process", async () => {
    expect(await stack.up(direct)).toMatchObject({ update: 1 });
    expect(await address()).toBe("10.99.0.1:6443");
    expect(processesWith(child)).toEqual([]);
  });

  test("the end of the stack ends it, open connections included", async () => {
    await stack.up(program());
    const [host = "", port] = (await address()).split(":");
    const open = connect(Number(port), host);
    const closed = new Promise((resolve) => open.once("close", resolve));
    await new Promise((resolve) => open.once("connect", resolve));
    await stack.destroy();
    await closed;
    expect(processesWith(child)).toEqual([]);
  });
}

function answer(address: string, text: string): Promise<string> {
  const [host = "", port] = address.split(":");
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), host, () => socket.write(text));
    socket.once("data", (data: Buffer) => {
      socket.destroy();
      resolve(data.toString());
    });
    socket.once("error", reject);
  });
}

describeUnless(
  process.getuid?.() === 0 && hasCommand("socat") ? undefined : "it needs root and socat",
  "a forward into a real network namespace",
  forwardTests,
);
