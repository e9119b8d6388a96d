import { Node } from "@strata/resources";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeUnless } from "../../support/describeUnless.ts";
import { SimulatedCluster } from "../../support/kubernetes/simulatedCluster.ts";
import { sshMachineProblem } from "../../support/kubernetes/sshMachine.ts";
import { patient } from "../../support/patience.ts";

function passingTests(): void {
  let cluster: SimulatedCluster;
  let shown = "";

  beforeAll(async () => {
    cluster = await SimulatedCluster.start(["127.0.0.7", "127.0.0.8"]);
  });
  beforeEach(() => {
    shown = "";
    for (const name of ["calls", "refusals"]) rmSync(join(cluster.worker.directory, name), { force: true });
  });
  afterAll(() => {
    cluster.stop();
  });

  const program = () => {
    const to = { machine: "cloud-0", address: cluster.control.address };
    const is = { stack: "lab", machine: "cloud-1", address: cluster.worker.address, control: to };
    new Node("cloud-1", { ...is, version: "1.35.4", timeoutSeconds: patient(120), drainSeconds: 3 });
    return Promise.resolve();
  };
  const none = () => Promise.resolve();
  const up = () => cluster.stack.up(program, (text) => (shown += text));
  const calls = () => {
    const file = join(cluster.worker.directory, "calls");
    return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  };
  const join_ = "kubeadm join --config /dev/stdin";
  const reset = "kubeadm reset --force";

  test("what the API says while it starts, or has too much to do, is no answer: each request is made again", async () => {
    const passing = [
      {
        status: 403,
        message: 'nodes "cloud-1" is forbidden: User "kubernetes-admin" cannot get resource "nodes" in API group ""',
      },
      { status: 429, message: "the server has received too many requests and has asked us to try again later" },
      { status: 500, message: "etcdserver: request timed out" },
      { status: 503, message: "apiserver not ready" },
      { status: 404, message: "the server could not find the requested resource" },
      "EOF" as const,
    ];
    await cluster.stack.up(none);
    rmSync(join(cluster.worker.directory, "calls"), { force: true });
    // Every other request: reading the node, making the token, looking for its signature, ... each meets one of them.
    cluster.api.inPassing.push(...passing, ...passing);
    expect(await up()).toMatchObject({ create: 1 });
    expect(cluster.api.inPassing).toEqual([]);
    expect(calls()).toEqual([join_]);
    cluster.api.inPassing.push(...passing);
    expect(await cluster.stack.refresh()).toMatchObject({ update: 0, same: 2 });
    cluster.api.inPassing.push(...passing);
    expect(await cluster.stack.up(none)).toMatchObject({ delete: 1 });
    expect(cluster.api.nodes.has("cloud-1")).toBe(false);
    expect(cluster.api.inPassing).toEqual([]);
  });

  test("what the API means is an error at once, in its words", async () => {
    const message = 'nodes "cloud-1" is forbidden: a webhook denied the request';
    cluster.api.inPassing.push({ status: 403, message });
    expect(await cluster.stack.failure(program)).toContain(`refused GET /api/v1/nodes/cloud-1: 403 ${message}`);
  });

  test("a join that its cluster did not answer in time is gone on with by the same up", async () => {
    await cluster.stack.up(none);
    rmSync(join(cluster.worker.directory, "calls"), { force: true });
    writeFileSync(
      join(cluster.worker.directory, "refusals"),
      "could not bootstrap the kubelet: context deadline exceeded\nconnect: connection refused\n",
    );
    expect(await up()).toMatchObject({ create: 1 });
    expect(calls()).toEqual([join_, reset, join_, reset, join_]);
    expect(shown).toMatch(
      /cloud-1 did not join, because its cluster did not answer in time: .*context deadline exceeded; trying again/,
    );
    expect(cluster.api.tokens.size).toBe(0);
  });
}

describeUnless(
  sshMachineProblem(),
  "a cluster that can't answer for a while, with real ssh and a simulated API and kubeadm",
  passingTests,
);
