// A Kubernetes cluster on real machines, as a user runs it: up, a benchmark with its workers in pods, edits, faults, destroy.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { kubernetesItems } from "../../artifacts/kubernetes/parts.ts";
import { defaultVersion } from "../../artifacts/kubernetes/versions.ts";
import { itemEntry } from "../../artifacts/mirror/item.ts";
import { findEntry } from "../../artifacts/store/entry.ts";
import { reportSchema, type Report } from "../../benchmarks/report/schema.ts";
import { BenchCloud } from "../support/benchCloud.ts";
import { photosSent } from "../support/photosSent.ts";
import { leftovers, Sandbox, summaryOf } from "../support/strata.ts";

const stack = "bench-cloud-tcg";
/** Made by the first test: where none runs, there is nothing to remove. */
let sandbox: Sandbox;
let cloud: BenchCloud;
const before = leftovers();
const minute = 60_000;

/** Where its releases can't be had, Kubernetes is built from source: more than a test run on a new machine has time for. */
function missing(): string | undefined {
  const ready = kubernetesItems(defaultVersion).every((item) => findEntry(itemEntry(item)).state === "ready");
  return ready
    ? undefined
    : "the cache has no Kubernetes; ./strata setup --kubernetes gets it, in half an hour of two cores";
}

function lastReport(): Report {
  const results = join(sandbox.state, "results", stack);
  const run = readdirSync(results).sort().at(-1)!;
  return reportSchema.parse(JSON.parse(readFileSync(join(results, run, "report.json"), "utf8")));
}

const up = () => sandbox.succeed("pulumi", "up", "--stack", stack, "--yes", "--skip-preview");

const reason = missing();
const suite = reason === undefined ? describe : describe.skip;

suite(reason ?? "a cluster", () => {
  beforeAll(async () => {
    sandbox = new Sandbox();
    cloud = new BenchCloud(sandbox);
    await sandbox.succeed("strata", "setup", "--yes", "--kubernetes");
  }, 60 * minute);
  afterAll(() => sandbox.clean(stack), 5 * minute);

  test(
    "up builds a cluster: both nodes ready, a worker's pod running on the worker",
    async () => {
      await sandbox.succeed("strata", "up", stack, "--yes");
      expect(await cloud.nodes()).toEqual(["cloud-0 True v1.35.4 110", "cloud-1 True v1.35.4 110"]);
      expect(await cloud.workerPods()).toEqual(["cloud-1 Running"]);
    },
    15 * minute,
  );

  test("no join token is left in the cluster", async () => {
    const list = ["kubeadm", "token", "list", "--kubeconfig", "/etc/kubernetes/admin.conf"];
    expect((await sandbox.succeed("strata", "ssh", stack, "cloud-0", ...list)).stdout).toBe("");
  }, 60_000);

  test(
    "a second up changes nothing",
    async () => {
      const { stdout } = await up();
      expect(summaryOf(stdout)).toEqual({ unchanged: 48 });
    },
    5 * minute,
  );

  test(
    "the benchmark measures on the pods, and says how they were scheduled and started",
    async () => {
      const { exitCode, stdout, all } = await sandbox.run("strata", "bench", stack);
      // 3: not sustained, 5: a link was off. Emulated machines on a busy host may be so, and then the run must say it.
      if (![0, 3, 5].includes(exitCode ?? -1)) throw new Error(all.slice(-6000));
      expect(stdout).toContain("scheduled (s)");
      const { workers, endpoints, kubernetes, phases, accuracy } = lastReport();
      expect(kubernetes?.pods.map(({ node }) => node)).toEqual(["cloud-1"]);
      const pod = kubernetes?.pods[0]?.name;
      expect(workers.map(({ worker_id }) => worker_id)).toEqual([pod]);
      expect(endpoints.map(({ endpoint_id, connected_to }) => [endpoint_id, connected_to])).toEqual([
        ["endpoint-0", pod],
      ]);
      expect(accuracy.right / accuracy.known).toBeGreaterThanOrEqual(0.8);
      expect(phases?.map(({ name }) => name)).toEqual(expect.arrayContaining(["boot", "kubernetes_control", "join"]));
    },
    10 * minute,
  );

  test(
    "an option of the kubelet reaches every node, with one role a machine and no restart of a machine",
    async () => {
      const boots = () => Promise.all(["cloud-0", "cloud-1"].map((name) => cloud.boot(name)));
      const booted = await boots();
      await cloud.setCluster({ "kubeletConfig.maxPods": "60" });
      const { stdout } = await up();
      // The two nodes' software, and the testbed that shows the edit.
      expect(summaryOf(stdout)).toEqual({ updated: 3, unchanged: 45 });
      expect(await cloud.nodes()).toEqual(["cloud-0 True v1.35.4 60", "cloud-1 True v1.35.4 60"]);
      expect(await boots()).toEqual(booted);
    },
    10 * minute,
  );

  test(
    "a version that a cluster can't be taken to is refused, and nothing is touched",
    async () => {
      await cloud.setCluster({ version: "1.99.1" });
      const wrong = await sandbox.run("strata", "up", stack, "--yes");
      expect(wrong.exitCode).not.toBe(0);
      expect(wrong.all).toMatch(/version.*1\.99\.1/);
      await cloud.setCluster({ version: "1.35.4" });
      expect(await cloud.nodes()).toEqual(["cloud-0 True v1.35.4 60", "cloud-1 True v1.35.4 60"]);
    },
    5 * minute,
  );

  test(
    "a worker that is powered off in a run makes it failed, by name",
    async () => {
      const bench = sandbox.run("strata", "bench", stack, "--no-verify", "--duration", "60 s");
      await photosSent(2, bench, (command) => cloud.onMachine("endpoint-0", command));
      await cloud.powerOff("cloud-1");
      const { exitCode, stdout } = await bench;
      expect(stdout).toMatch(/Failed: .*cloud-1/);
      expect(exitCode).toBe(1);
      expect(lastReport().outcome.kind).toBe("failed");
    },
    10 * minute,
  );

  test(
    "destroy leaves nothing behind, and waits for no node",
    async () => {
      const start = Date.now();
      await sandbox.succeed("strata", "destroy", stack, "--yes");
      expect(Date.now() - start).toBeLessThan(minute);
      expect(leftovers().filter((line) => !before.includes(line))).toEqual([]);
      expect(readdirSync(join(sandbox.state, "stacks"))).toEqual([]);
    },
    5 * minute,
  );
});
