import { Mirror } from "@strata/resources";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { embeddedHost } from "../../../local/embeddedHost.ts";
import { processesWith } from "../../../providers/strata/process/detached.ts";
import { mirrorProgram, programHash } from "../../../providers/strata/mirror/program.ts";
import { describeUnless } from "../../support/describeUnless.ts";
import { PluginStack } from "../../support/pluginStack.ts";
import { until } from "../../support/until.ts";

const namespace = `strata-test-m${process.pid}`;
const address = "10.98.0.1";

function mirrorTests(): void {
  let stack: PluginStack;

  beforeAll(async () => {
    stack = await PluginStack.create(["strata"]);
    process.env.STRATA_STATE = stack.state;
    execFileSync("ip", ["netns", "add", namespace]);
    for (const command of ["link set lo up", `address add ${address}/32 dev lo`]) {
      execFileSync("ip", ["-n", namespace, ...command.split(" ")]);
    }
  });

  afterAll(async () => {
    await stack.destroy().catch(() => undefined);
    execFileSync("ip", ["netns", "del", namespace]);
    // No embedded host was there to go with its log's directory.
    rmSync(embeddedHost().runDirectory, { recursive: true, force: true });
    stack.remove();
  });

  const program =
    (at = address, port?: number) =>
    () => {
      const { url, program: hash } = new Mirror("mirror", { stack: "lab", namespace, address: at, port });
      return Promise.resolve({ url, hash });
    };
  const processes = (port = "5000") => processesWith(mirrorProgram, address, port);
  const log = () => join(embeddedHost().runDirectory, "mirror-lab.log");
  /** What a machine would get. */
  const registry = (port = 5000) => {
    const ask = `fetch("http://${address}:${port}/v2/").then((answer) => console.log(answer.status))`;
    const inside = [`--net=/run/netns/${namespace}`, process.execPath, "-e", ask];
    return execFileSync("nsenter", inside, { encoding: "utf8" }).trim();
  };

  test("it serves in the namespace, and outlives the plugin", async () => {
    expect(await stack.up(program())).toMatchObject({ create: 2 });
    const outputs = await stack.outputs();
    expect([outputs.url?.value, outputs.hash?.value]).toEqual([`http://${address}:5000`, programHash()]);
    expect(registry()).toBe("200");
    expect(readFileSync(log(), "utf8")).toContain(address);
    expect(await stack.up(program())).toMatchObject({ same: 2, update: 0 });
  });

  test("a dead one is seen in the preview, and started again", async () => {
    for (const pid of processes()) process.kill(pid, "SIGKILL");
    await until("it to end", 60_000, () => processes().length === 0, 10);
    expect(await stack.preview(program())).toMatchObject({ update: 1, same: 1 });
    expect(await stack.up(program())).toMatchObject({ update: 1, same: 1 });
    expect(registry()).toBe("200");
  });

  test("one that a killed run left is no obstacle", async () => {
    const before = processes();
    await stack.forget("mirror");
    expect(await stack.up(program())).toMatchObject({ create: 1 });
    expect([processes().length, registry()]).toEqual([1, "200"]);
    expect(processes()).not.toEqual(before);
  });

  test("another port is an update", async () => {
    expect(await stack.up(program(address, 5001))).toMatchObject({ update: 1 });
    expect([processes(), processes("5001").length, registry(5001)]).toEqual([[], 1, "200"]);
  });

  test("an address that is not the host's: what was said", async () => {
    const failure = await stack.failure(program("10.98.0.2"));
    expect(failure).toContain("the artifact mirror of stack lab does not serve at 10.98.0.2:5000");
    expect(failure).toContain("EADDRNOTAVAIL");
  });

  test("the end of the stack ends it", async () => {
    await stack.up(program());
    await stack.destroy();
    expect([processes(), processes("5001"), existsSync(log())]).toEqual([[], [], false]);
  });
}

describeUnless(
  process.getuid?.() === 0 ? undefined : "it needs root",
  "the artifact mirror in a real network namespace",
  mirrorTests,
);
