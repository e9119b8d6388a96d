import { Forward, Mirror, Tunnel } from "@strata/resources";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { forwardAddress, forwardOf } from "../../../providers/strata/access/forwardProcess.ts";
import { tunnelProcesses } from "../../../providers/strata/access/tunnelProcess.ts";
import { listens, listensAt } from "../../../providers/strata/process/detached.ts";
import { mirrorSocket } from "../../../providers/strata/mirror/socket.ts";
import { sshConfigFile } from "../../../providers/strata/access/ssh.ts";
import { describeUnless } from "../../support/describeUnless.ts";
import { SshMachines, sshMachineProblem, type SshMachine } from "../../support/kubernetes/sshMachine.ts";
import { PluginStack } from "../../support/pluginStack.ts";
import { patient } from "../../support/patience.ts";
import { until } from "../../support/until.ts";

/** The machine shares this host's network: another port than the mirror's own there. */
const port = 15_000 + (process.pid % 4000);
const address = "127.0.0.62";

function tunnelTests(): void {
  const directory = mkdtempSync(join(tmpdir(), "tunnel-"));
  let stack: PluginStack;
  let machine: SshMachine;
  let machines: SshMachines;
  let api: Server;

  beforeAll(async () => {
    stack = await PluginStack.create(["strata"]);
    process.env.STRATA_STATE = stack.state;
    machines = new SshMachines(directory, stack.state, "lab");
    machine = machines.add("edge-0", address);
    await machine.powerOn();
    api = createServer((socket) => socket.on("data", (data) => socket.write(data.toString().toUpperCase())));
    await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
  });
  afterAll(async () => {
    await stack.destroy().catch(() => undefined);
    machines.stop();
    api.close();
    stack.remove();
    rmSync(directory, { recursive: true });
  });

  const target = () => `127.0.0.1:${(api.address() as { port: number }).port}`;
  const program = () => {
    const mirror = new Mirror("mirror", { stack: "lab" });
    const tunnel = new Tunnel(
      "edge-0-mirror",
      { stack: "lab", machine: "edge-0", address, port },
      { dependsOn: mirror },
    );
    const forward = new Forward("api", { stack: "lab", through: address, target: target() });
    return Promise.resolve({ mirror: mirror.url, tunnel: tunnel.url, api: forward.address });
  };
  const processes = () => tunnelProcesses({ stack: "lab", address, direction: "-R" }, /^127\.0\.0\.1:/);
  /** What the machine gets of the mirror; undefined: nothing. */
  const registry = () =>
    fetch(`http://127.0.0.1:${port}/v2/`, { signal: AbortSignal.timeout(patient(10_000)) }).then(
      ({ status }) => status,
      () => undefined,
    );
  const comesBack = () => until("the mirror to be back", 5 * 60_000, async () => (await registry()) === 200, 200);

  test("the mirror is on the machine's loop-back interface, and what the machine reaches on this host's", async () => {
    expect(await stack.up(program)).toMatchObject({ create: 4 });
    const outputs = await stack.outputs();
    expect([outputs.mirror?.value, outputs.tunnel?.value]).toEqual([
      `unix:${mirrorSocket("lab")}`,
      `http://127.0.0.1:${port}`,
    ]);
    expect(await registry()).toBe(200);
    const [, own = ""] = String(outputs.api?.value).split(":");
    const shout = await fetch(`http://127.0.0.1:${own}/quiet`).catch((error: unknown) => error);
    // The server there is none of HTTP's, and answers in capitals.
    expect(String((shout as Error).cause)).toContain("HTTP");
    expect(await stack.up(program)).toMatchObject({ same: 4 });
  });

  test("it comes back by itself after the machine was off", async () => {
    machine.powerOff();
    await until("the mirror to be gone", 60_000, async () => (await registry()) === undefined, 50);
    await machine.powerOn();
    await comesBack();
  });

  test("it takes its port back from a connection that the machine takes for alive", async () => {
    for (const pid of processes()) process.kill(pid, "SIGKILL");
    await until("nothing to listen", 60_000, () => !listens("self", "127.0.0.1", port), 50);
    const lost = ["-F", sshConfigFile("lab"), "-o", "ControlPath=none", "-N", "-R", `127.0.0.1:${port}:127.0.0.1:9`];
    const holder = spawn("ssh", [...lost, address], { stdio: "ignore" });
    await until("the other connection to listen", 60_000, () => listens("self", "127.0.0.1", port), 100);
    expect(await stack.preview(program)).toMatchObject({ update: 1, same: 3 });
    expect(await stack.up(program)).toMatchObject({ update: 1, same: 3 });
    expect(await registry()).toBe(200);
    holder.kill();
  });

  test("the end of the stack ends all processes", async () => {
    await stack.up(program);
    const api = forwardOf({ stack: "lab", through: address, target: target() });
    expect(forwardAddress(api!)).toMatch(/^127\.0\.0\.1:2\d{4}$/);
    expect(processes()).not.toEqual([]);
    await stack.destroy();
    expect([processes(), api?.processes()]).toEqual([[], []]);
    expect([listensAt(mirrorSocket("lab")), existsSync(mirrorSocket("lab"))]).toEqual([false, false]);
  });
}

const problem = sshMachineProblem();
describeUnless(problem, "ways between this host and a machine that only ssh reaches", tunnelTests);
