import { Node, type NodeArgs } from "@strata/resources";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describeUnless } from "../../support/describeUnless.ts";
import type { SimulatedApi } from "../../support/kubernetes/simulatedApi.ts";
import { SimulatedCluster } from "../../support/kubernetes/simulatedCluster.ts";
import { sshMachineProblem, type SshMachine } from "../../support/kubernetes/sshMachine.ts";
import type { PluginStack } from "../../support/pluginStack.ts";
import { until } from "../../support/until.ts";
import { patient } from "../../support/patience.ts";
import { controlLimits } from "../../../providers/strata/kubernetes/leave.ts";

function nodeTests(): void {
  let cluster: SimulatedCluster;
  let stack: PluginStack;
  let control: SshMachine;
  let worker: SshMachine;
  let api: SimulatedApi;
  let shown = "";

  beforeAll(async () => {
    cluster = await SimulatedCluster.start(["127.0.0.3", "127.0.0.4"]);
    ({ stack, control, worker, api } = cluster);
  });

  afterAll(() => {
    cluster.stop();
  });

  beforeEach(() => {
    shown = "";
    for (const name of ["calls", "refusals", "slowness"]) rmSync(join(worker.directory, name), { force: true });
    api.requests.length = 0;
    api.kubeletVersion = "1.35.4";
    api.ready = true;
  });

  const program =
    (more: Partial<NodeArgs> = {}) =>
    () => {
      const to = { machine: "cloud-0", address: control.address };
      const is = { stack: "lab", machine: "cloud-1", address: worker.address, control: to };
      new Node("cloud-1", { ...is, version: "1.35.4", timeoutSeconds: patient(60), drainSeconds: 3, ...more });
      return Promise.resolve();
    };
  const none = () => Promise.resolve();
  const up = (wanted = program()) => stack.up(wanted, (text) => (shown += text));
  const calls = () => {
    const file = join(worker.directory, "calls");
    return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  };
  const join_ = "kubeadm join --config /dev/stdin";
  const reset = "kubeadm reset --force";

  test("a machine joins, and stays as it is", async () => {
    expect(await up()).toMatchObject({ create: 2 });
    expect(calls()).toEqual([join_]);
    expect(JSON.parse(readFileSync(join(worker.directory, "join.json"), "utf8"))).toMatchObject({
      discovery: { bootstrapToken: { apiServerEndpoint: api.url.replace("https://", "") } },
      nodeRegistration: { name: "cloud-1", kubeletExtraArgs: [{ name: "node-ip", value: worker.address }] },
    });
    expect(await up()).toMatchObject({ same: 2, update: 0 });
  });

  test("the token is in no process list, display, state or secret that stays", () => {
    const { discovery } = JSON.parse(readFileSync(join(worker.directory, "join.json"), "utf8")) as {
      discovery: { bootstrapToken: { token: string } };
    };
    const { token } = discovery.bootstrapToken;
    expect(token).toMatch(/^[a-z0-9]{6}\.[a-z0-9]{16}$/);
    const processes = readFileSync(join(worker.directory, "processes"), "utf8");
    expect(processes).toContain(join_);
    for (const text of [processes, shown, stack.keptState()]) {
      expect(text).not.toContain(token);
      expect(text).not.toContain(token.slice(7));
    }
    expect(api.tokens.size).toBe(0);
  });

  test("a node that joined before a run was killed is adopted", async () => {
    await stack.forget("cloud-1");
    expect(await up()).toMatchObject({ create: 1, same: 1 });
    expect(calls()).toEqual(["systemctl is-active --quiet kubelet"]);
  });

  test("labels and taints come, change and go; what the cluster put there stays", async () => {
    const node = api.nodes.get("cloud-1");
    node?.taints.push({ key: "node.kubernetes.io/disk-pressure", effect: "NoSchedule" });
    await up(program({ labels: { zone: "a", tier: "cloud" }, taints: ["dedicated=broker:NoSchedule"] }));
    await up(program({ labels: { zone: "b" }, taints: ["dedicated=worker:NoSchedule", "slow:PreferNoSchedule"] }));
    expect(node?.labels).toEqual({ "kubernetes.io/hostname": "cloud-1", zone: "b" });
    expect(node?.taints).toEqual([
      { key: "node.kubernetes.io/disk-pressure", effect: "NoSchedule" },
      { key: "dedicated", value: "worker", effect: "NoSchedule" },
      { key: "slow", effect: "PreferNoSchedule" },
    ]);
    await up();
    expect(node?.taints).toEqual([{ key: "node.kubernetes.io/disk-pressure", effect: "NoSchedule" }]);
  });

  test("refresh shows the version that the kubelet has, and up waits for the wanted one", async () => {
    api.kubeletVersion = "1.34.9";
    expect(await stack.refresh()).toMatchObject({ update: 1 });
    const failure = await stack.failure(program({ timeoutSeconds: patient(5) }));
    expect(failure).toMatch(
      /gave up waiting for node cloud-1 to be ready with version 1\.35\.4 after \d+ s: its kubelet is of version 1\.34\.9/,
    );
    api.kubeletVersion = "1.35.4";
    expect(await up()).toMatchObject({ update: 1 });
    expect(await stack.refresh()).toMatchObject({ update: 0, same: 2 });
  });

  test("refresh notices a node that is not ready; up starts its kubelet and waits until it is", async () => {
    const kubelet = join(api.kubelets, "cloud-1");
    rmSync(kubelet);
    expect(await stack.refresh()).toMatchObject({ update: 1 });
    const failure = await stack.failure(program({ timeoutSeconds: patient(5) }));
    expect(failure).toMatch(/gave up waiting for node cloud-1 to be ready .*: it is not ready: it stopped posting/);
    expect(calls()).toEqual(["systemctl is-active --quiet kubelet"]);
    writeFileSync(kubelet, "");
    expect(await up()).toMatchObject({ update: 1 });
    expect(await stack.refresh()).toMatchObject({ update: 0, same: 2 });
  });

  test("refresh notices a node that left; up makes it join again", async () => {
    api.nodes.delete("cloud-1");
    rmSync(join(api.kubelets, "cloud-1"));
    expect(await stack.refresh()).toMatchObject({ delete: 1 });
    expect(await up()).toMatchObject({ create: 1, same: 1 });
    expect(calls()).toEqual([reset, join_]);
  });

  test("a token that was refused is replaced once, and not shown", async () => {
    await stack.up(none);
    rmSync(join(worker.directory, "calls"), { force: true });
    writeFileSync(join(worker.directory, "refusals"), "could not find a JWS signature in the cluster-info ConfigMap\n");
    expect(await up()).toMatchObject({ create: 1 });
    expect(calls()).toEqual([join_, reset, join_]);
    expect(shown).toContain("the join token of cloud-1 was refused");
    expect(shown).not.toMatch(/[a-z0-9]{6}\.[a-z0-9]{16}/);
    expect(api.tokens.size).toBe(0);
  });

  test("another refusal names machine, step and reason, without the token; up goes on from there", async () => {
    await stack.up(none);
    const file = join(worker.directory, "refusals");
    writeFileSync(file, "[ERROR Swap]: running with swap on is not supported\n");
    const failure = await stack.failure(program());
    expect(failure).toContain("cloud-1 could not join the cluster of cloud-0");
    expect(failure).toContain("token [secret]: [ERROR Swap]: running with swap on");
    expect(failure).toContain("strata ssh lab cloud-1 journalctl -u kubelet");
    rmSync(join(worker.directory, "calls"), { force: true });
    expect(await up()).toMatchObject({ create: 1 });
    expect(calls()).toEqual([reset, join_]);
  });

  test("a clock that is off is set to the control plane's before the join", async () => {
    await stack.up(none);
    rmSync(join(worker.directory, "calls"), { force: true });
    writeFileSync(join(worker.directory, "clock"), String(-7 * 86_400));
    await up();
    expect(calls()).toEqual([expect.stringMatching(/^date -u -s @\d+$/), join_]);
    expect(shown).toContain("the clock of cloud-1 was 7 days behind of cloud-0's; it was set to that");
    expect(Math.abs(Number(readFileSync(join(worker.directory, "clock"), "utf8")))).toBeLessThanOrEqual(2);
  });

  test("a control plane that reboots is waited for", async () => {
    await stack.up(none);
    control.powerOff();
    api.stop();
    const joined = up();
    const waiting = /waiting for the control plane on cloud-0 since \d+ s: /;
    await until("up to wait for it", 60_000, () => waiting.test(shown));
    await control.powerOn();
    api.ready = false;
    api.requests.length = 0;
    await api.start();
    const asked = () => api.requests.some((request) => request.includes("/readyz"));
    await until("up to ask an API that is not ready", 60_000, asked, 50);
    api.ready = true;
    expect(await joined).toMatchObject({ create: 1 });
  });

  test("a control plane that does not come back is named, with the fix", async () => {
    api.ready = false;
    const failure = await stack.failure(program({ timeoutSeconds: patient(5), labels: { a: "b" } }));
    api.ready = true;
    expect(failure).toMatch(
      /gave up waiting for the control plane on cloud-0 after \d+ s: the API is not ready \(500 \[-\]etcd/,
    );
    expect(failure).toContain("strata ssh lab cloud-0");
  });

  test("an interrupted join is taken up by the next up", async () => {
    await stack.up(none);
    writeFileSync(join(worker.directory, "slowness"), "6");
    const failure = stack.failure(program());
    await until("kubeadm to run", 60_000, () => calls().includes(join_), 50);
    await sleep(500);
    stack.interrupt();
    expect(await failure).toContain("interrupted");
    rmSync(join(worker.directory, "slowness"));
    expect(await up()).toMatchObject({ create: 1 });
    // kubeadm went on in the machine: the next run waited for it, and had nothing to do.
    expect(calls().filter((call) => call === join_).length).toBe(1);
  });

  test("a join whose engine was killed is taken up by the next up", async () => {
    await stack.up(none);
    rmSync(join(worker.directory, "calls"), { force: true });
    writeFileSync(join(worker.directory, "slowness"), "6");
    const failure = stack.failure(program());
    await until("kubeadm to run", 60_000, () => calls().includes(join_), 50);
    await stack.kill();
    await failure;
    rmSync(join(worker.directory, "slowness"));
    expect(await up()).toMatchObject({ create: 1 });
    expect(calls()).toEqual([join_, "systemctl is-active --quiet kubelet"]);
  });

  test("a machine that is off is not waited for as long as a node that is not ready", async () => {
    api.kubeletVersion = "1.34.9";
    await stack.refresh();
    api.requests.length = 0;
    const failed = stack.failure(program({ timeoutSeconds: patient(30) }));
    // It looks at the node, again and again.
    const asked = () => calls().length > 0 && api.requests.filter((one) => one.includes("nodes/cloud-1")).length > 2;
    await until("up to wait for the node", 60_000, asked, 50);
    worker.powerOff();
    const failure = await failed;
    expect(failure).toMatch(/gave up waiting for cloud-1 to answer after \d+ s: .*can't be reached by ssh/);
    await worker.powerOn();
    api.kubeletVersion = "1.35.4";
    expect(await up()).toMatchObject({ update: 1 });
  });

  test("the end drains first, and heeds its limit", async () => {
    api.pods = [
      { name: "web", node: "cloud-1" },
      { name: "flannel", node: "cloud-1", owner: "DaemonSet" },
      { name: "stuck", node: "cloud-1", stubborn: true },
    ];
    rmSync(join(worker.directory, "calls"), { force: true });
    expect(await stack.up(none, (text) => (shown += text))).toMatchObject({ delete: 1 });
    expect(api.pods.map(({ name }) => name)).toEqual(["flannel", "stuck"]);
    expect(shown).toContain("cloud-1 leaves with pods that did not end in 3 s: default/stuck");
    expect(api.nodes.has("cloud-1")).toBe(false);
    expect(calls()).toEqual([reset]);
    api.pods = [];
  });

  test("a worker that is off is deleted without waiting for its pods", async () => {
    // Longer than jest waits for a test.
    await up(program({ drainSeconds: 100_000 }));
    api.pods = [{ name: "stuck", node: "cloud-1", stubborn: true }];
    worker.powerOff();
    expect(await stack.up(none)).toMatchObject({ delete: 1 });
    expect(api.nodes.has("cloud-1")).toBe(false);
    expect(api.requests.filter((request) => request.includes("eviction"))).toEqual([]);
    api.pods = [];
    await worker.powerOn();
  });

  test("without its control plane the end is quick", async () => {
    await up();
    control.powerOff();
    const start = Date.now();
    expect(await stack.destroy()).toMatchObject({ delete: 2 });
    // 15 s for a machine that is silent, and not what one that only is slow gets.
    expect((Date.now() - start) / 1000).toBeLessThan(controlLimits.answers.stillSeconds);
    expect(calls().at(-1)).toBe(reset);
  });
}

const problem = sshMachineProblem();
describeUnless(problem, "nodes, with real ssh and a simulated API and kubeadm", nodeTests);
