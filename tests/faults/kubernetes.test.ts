// What can go wrong around a cluster, on real machines: an hour of two cores, so it is not one of the checks
// (`npm run faults`). One testbed from its first, interrupted start to its destroy.
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { BenchCloud, readyNodes } from "../support/benchCloud.ts";
import { patient } from "../support/patience.ts";
import { processesOf } from "../support/leftovers.ts";
import { Sandbox, summaryOf } from "../support/strata.ts";
import { until } from "../support/until.ts";

const stack = "bench-cloud-tcg";
const minute = 60_000;
const first = "1.34.4";
const next = "1.35.4";

/** That the cluster is of. */
let version = first;

let sandbox: Sandbox;
let cloud: BenchCloud;

const ready = (count: number): string[] => readyNodes(count, version);

const up = () => sandbox.succeed("strata", "up", stack, "--yes");
const refresh = () => sandbox.succeed("pulumi", "refresh", "--stack", stack, "--yes");

/** As seldom as asking the cluster asks for. */
const untilOnCluster = (what: string, limitMs: number, look: () => Promise<boolean>): Promise<void> =>
  until(what, limitMs, look, 5000);

/** The beginning of the event that says that a part of something begins to be made. */
const started = (type: string, name: string, part: string): string =>
  JSON.stringify({ kind: "started", item: { type, name, part } }).slice(1, -1);

/** Starts an `up`, and when it gets there, presses Ctrl-C. @returns what it printed. */
async function interruptedUp(where: string, isThere: (output: string) => boolean | Promise<boolean>): Promise<string> {
  const child = sandbox.startGroup("strata", "up", stack, "--yes", "--events");
  let output = "";
  child.all.on("data", (piece: Buffer) => {
    output += piece.toString();
  });
  let ended = false as boolean;
  void child.then(() => (ended = true));
  try {
    await until(`an up that is at: ${where}`, 10 * minute, () => Promise.resolve(ended || isThere(output)));
    if (ended) throw new Error(`an up that was to be interrupted at ${where} has ended:\n${output.slice(-2000)}`);
  } finally {
    // To the whole group, as a terminal does it.
    if (!ended) process.kill(-(child.pid ?? 0), "SIGINT");
  }
  const { exitCode } = await child;
  expect(exitCode).not.toBe(0);
  return output;
}

beforeAll(async () => {
  sandbox = new Sandbox();
  cloud = new BenchCloud(sandbox);
  await sandbox.succeed("strata", "setup", "--yes", "--kubernetes");
  await sandbox.succeed("strata", "mirror", "pull", "--kubernetes", first);
  await sandbox.succeed("strata", "mirror", "pull", "kwok");
  await sandbox.succeed("pulumi", "stack", "init", stack);
  // Two of the workers' pods fit one machine: where one is lost, its pod has a place.
  await cloud.set({ "benchmark.workerCpu": "0.7", "benchmark.workerMemory": "600 MiB" });
  await cloud.setCluster({ version });
});
afterAll(() => sandbox.clean());

describe("a first up, interrupted in each phase", () => {
  test("while machines boot", () =>
    interruptedUp("boot", (text) => text.includes(started("machine", "cloud-0", "reachable"))));

  test("while kubeadm makes the control plane", async () => {
    const halfWay = () => cloud.onMachine("cloud-0", "test -e /etc/kubernetes/manifests/etcd.yaml && echo yes");
    await interruptedUp("kubeadm init", async () => (await halfWay()) === "yes");
  });

  test("while a node joins, its clock a day ahead: that is set first", async () => {
    await cloud.onMachine("cloud-1", "date --set '+1 day'");
    const output = await interruptedUp("kubeadm join", async () => {
      return (await cloud.onMachine("cloud-1", "test -e /etc/kubernetes/kubelet.conf && echo yes")) === "yes";
    });
    expect(output).toMatch(/the clock of cloud-1 was .* of cloud-0's; it was set to that/);
    const { stdout } = await sandbox.succeed("strata", "ssh", stack, "cloud-1", "hostname");
    expect(stdout).toBe("cloud-1");
  });

  test("while the workers' pods start", () =>
    interruptedUp("pods", (text) => text.includes(started("workload", "strata-worker", "deployment"))));

  test("while services start", () =>
    interruptedUp("services", (text) => text.includes(started("machine", "cloud-0", "services"))));

  test("the next one ends with the whole testbed, and the one after changes nothing", async () => {
    const whole = await up();
    // Ctrl-C has left nothing of which the engine does not know how it ended.
    expect(whole.all).not.toContain("pending operations");
    expect(await cloud.nodes()).toEqual(ready(2));
    expect(await cloud.workerPods()).toEqual(["cloud-1 Running"]);
    const { stdout } = await up();
    expect(Object.keys(summaryOf(stdout))).toEqual(["unchanged"]);
  });
});

test("the control plane's machine reboots: the cluster comes back, and an up finds no change", async () => {
  const boot = await cloud.boot("cloud-0");
  await cloud.onMachine("cloud-0", "systemd-run --on-active=1 systemctl reboot");
  await until("cloud-0 to be back", 3 * minute, async () => {
    return (await cloud.boot("cloud-0")) !== boot;
  });
  await untilOnCluster(
    "both nodes to be ready",
    5 * minute,
    async () => JSON.stringify(await cloud.nodes()) === JSON.stringify(ready(2)),
  );
  const { stdout } = await up();
  expect(Object.keys(summaryOf(stdout))).toEqual(["unchanged"]);
});

test("kubeconfig files deleted, the user's and the control plane's own: both are made again", async () => {
  const file = join(sandbox.state, "lab.kubeconfig");
  const save = () => sandbox.succeed("strata", "kubeconfig", stack, "--output", file);
  await save();
  const saved = readFileSync(file, "utf8");
  rmSync(file);
  await save();
  expect(readFileSync(file, "utf8")).toBe(saved);

  await cloud.onMachine("cloud-0", "rm /etc/kubernetes/admin.conf /etc/kubernetes/super-admin.conf");
  await refresh();
  const { stdout } = await up();
  const { created, replaced, deleted } = summaryOf(stdout);
  expect({ created, replaced, deleted }).toEqual({ created: 1, replaced: undefined, deleted: undefined });
  expect(await cloud.nodes()).toEqual(ready(2));
  await save();
  expect(readFileSync(file, "utf8")).not.toBe(saved);
  expect(Object.keys(summaryOf((await up()).stdout))).toEqual(["unchanged"]);
});

test("an upgrade to the next minor version, in which the mirror ends: refused, and then completed in place", async () => {
  const boots = () => Promise.all(["cloud-0", "cloud-1"].map((name) => cloud.boot(name)));
  const booted = await boots();
  version = next;
  await cloud.setCluster({ version });
  const update = sandbox.run("strata", "up", stack, "--yes");
  // Its kubeadm is the new one; kubectl, the control plane's images and the kubelet come after it.
  const fetched = async () => (await cloud.onMachine("cloud-0", "kubeadm version --output short")) === `v${next}`;
  await until("the upgrade to fetch programs", 5 * minute, fetched);
  for (const pid of mirrors()) process.kill(pid, "SIGKILL");
  const killed = Date.now();
  const { exitCode, all } = await update;
  expect(exitCode).not.toBe(0);
  expect(all).toMatch(/kubernetes\/1\.35\.4/);
  // The worker, whose turn comes after the control plane's, does not wait for it any more.
  expect(all).toContain("cloud-1 was not changed, because cloud-0 failed");
  expect(Date.now() - killed).toBeLessThan(patient(5 * minute));
  await up();
  expect(await cloud.nodes()).toEqual(ready(2));
  expect(await boots()).toEqual(booted);
  await untilOnCluster("the worker's pod to run", 3 * minute, async () =>
    (await cloud.workerPods()).includes("cloud-1 Running"),
  );
});

/** Processes that serve this sandbox's mirror. */
const mirrors = (): number[] =>
  processesOf(sandbox.state)
    .filter((line) => line.includes("artifacts/serve/main.ts"))
    .map((line) => Number.parseInt(line, 10));

// Each renews its lease every 10 s, as kubelets do: an emulated control plane does not bear a hundred.
test("twenty simulated nodes beside the real ones", async () => {
  await cloud.setCluster({ version, simulatedNodes: "20" });
  await up();
  await untilOnCluster("22 nodes to be ready", 5 * minute, async () => {
    return (await cloud.nodes()).filter((node) => / True /.test(node)).length === 22;
  });
  await cloud.setCluster({ version, simulatedNodes: "0" });
  await up();
  expect(await cloud.nodes()).toEqual(ready(2));
});

const bothRun = ["cloud-1 Running", "cloud-2 Running"];

test("a worker more, powered off while it joins: its up fails by its name, and the next one starts it and goes on", async () => {
  await cloud.set({ "tiers.cloud.count": "3" });
  const update = sandbox.run("strata", "up", stack, "--yes");
  const identity = () => cloud.onMachine("cloud-2", "test -e /etc/kubernetes/kubelet.conf");
  await until("cloud-2 to join", 10 * minute, () => identity().then(() => true));
  await cloud.powerOff("cloud-2");
  const off = Date.now();
  const { exitCode, all } = await update;
  expect(exitCode).not.toBe(0);
  expect(all).toMatch(/cloud-2.*can't be reached by ssh/);
  expect(Date.now() - off).toBeLessThan(patient(3 * minute));
  await refresh();
  const { stdout } = await up();
  // Only what is its own is made.
  expect(summaryOf(stdout).replaced).toBeUndefined();
  expect(await cloud.nodes()).toEqual(ready(3));
  expect(await cloud.workerPods()).toEqual(bothRun);
});

test("a worker that is powered off: its pod runs on the other one, and refresh and up bring it back", async () => {
  await cloud.set({ "tiers.cloud.count": "3" });
  await up();
  await cloud.powerOff("cloud-2");
  const elsewhere = JSON.stringify(["cloud-1 Running", "cloud-1 Running"]);
  // 40 s until its node counts as lost, 30 s until its pods do, and the start of one.
  await untilOnCluster("its pod to run on cloud-1", 8 * minute, async () => {
    return JSON.stringify(await cloud.workerPods()) === elsewhere;
  });
  await refresh();
  await up();
  expect(await cloud.nodes()).toEqual(ready(3));
});

test("a worker less: its node is drained and gone, nothing else is touched", async () => {
  await cloud.set({ "tiers.cloud.count": "2" });
  await up();
  const { all } = await sandbox.run("strata", "ssh", stack, "cloud-2");
  expect(all).toContain(`testbed ${stack} has no machine cloud-2; it has cloud-0, cloud-1`);
  expect(await cloud.nodes()).toEqual(ready(2));
  expect(await cloud.workerPods()).toEqual(["cloud-1 Running"]);
});

test("destroy leaves nothing behind", async () => {
  await sandbox.succeed("strata", "destroy", stack, "--yes");
  expect(sandbox.leftovers()).toEqual([]);
});
