// The runner on a cluster whose machines are folders of this host and whose pods are supervisors beside them.
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve as resolvePath } from "node:path";
import { benchmarkTestbed } from "../../../benchmarks/run.ts";
import type { BenchmarkOptions, BenchmarkResult } from "../../../benchmarks/run.ts";
import { RemoteError } from "../../../benchmarks/transport/transport.ts";
import type { Transport } from "../../../benchmarks/transport/transport.ts";
import { describeUnless } from "../../support/describeUnless.ts";
import { clusterList, type FakeNode, type FakePod } from "../../support/workload/clusterList.ts";
import { clusterTestbed } from "../../support/workload/clusterTestbed.ts";
import { localTransport } from "../../support/workload/localTransport.ts";
import { noBroker, startBroker } from "../../support/workload/nativeBroker.ts";
import type { NativeBroker } from "../../support/workload/nativeBroker.ts";
import { writeTinyModel, writeTinyPhotos } from "../../support/workload/tinyModel.ts";
import { imageReport, readReport } from "../../support/workload/imageReport.ts";

// Loading onnxruntime and sharp takes half a second on an idle machine, and much longer on a busy one.
const worker = resolvePath(
  import.meta.dirname,
  "../../../benchmarks/workloads/image-classification/container/worker/main.ts",
);
const pods: FakePod[] = [
  { name: "strata-worker-a", node: "cloud-1" },
  { name: "strata-worker-b", node: "cloud-2" },
];

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await ended;
}

const onCluster = (): void => {
  let directory: string;
  let broker: NativeBroker;
  let supervisors: ChildProcess[];
  let lost: string | undefined;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "strata-cluster-"));
    writeTinyModel(join(directory, "model"));
    await writeTinyPhotos(join(directory, "photos"));
    broker = await startBroker();
    lost = undefined;
    // Makes bin/, which kubectl goes into, and workload.json, which the pods have from their secret.
    localTransport(directory, broker.config);
    writeFileSync(join(directory, "bin/kubectl"), `#!/bin/sh\ncat '${directory}/cluster.json'\n`, { mode: 0o755 });
    clusterSays(pods);
    supervisors = pods.map(supervisor);
  });

  afterEach(async () => {
    await Promise.all(supervisors.map(end));
    broker.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const clusterSays = (those: FakePod[], ...notReady: string[]): void => {
    const nodes = ["cloud-0", "cloud-1", "cloud-2"].map((name): FakeNode => ({
      name,
      ready: !notReady.includes(name),
    }));
    writeFileSync(join(directory, "cluster.json"), JSON.stringify(clusterList(those, nodes)));
  };

  const supervisor = ({ name, node }: FakePod): ChildProcess => {
    const runs = join(directory, node ?? "");
    mkdirSync(runs, { recursive: true });
    return spawn(process.execPath, [worker, "supervise"], {
      stdio: ["ignore", "ignore", "inherit"],
      env: {
        STRATA_RUNS_DIR: runs,
        STRATA_POD: name,
        STRATA_READY_PORT: "0",
        STRATA_CONFIG: join(directory, "workload.json"),
        STRATA_MODEL_DIR: join(directory, "model"),
      },
    });
  };

  /** From now on a machine answers no more. */
  const transport = (): Transport => {
    const local = localTransport(directory, broker.config);
    return {
      ...local,
      run: (machine, command, options) =>
        machine.name === lost
          ? Promise.reject(new RemoteError(machine, options.what, "did not end within 30 s"))
          : local.run(machine, command, options),
    };
  };

  const run = (
    options: BenchmarkOptions,
    onDetail: (text: string) => void = () => undefined,
  ): Promise<BenchmarkResult> =>
    benchmarkTestbed(
      clusterTestbed,
      transport(),
      { directory: join(directory, "results"), verifyNetwork: false, ...options },
      (told) => {
        if (told.kind === "progress") onDetail(told.text);
      },
    );

  test("two repetitions in the same pods, endpoint by endpoint, with the pods' times in the report", async () => {
    const result = await run({ repetitions: 2 });
    expect(result.outcome === "failed" ? result.reason : "").toBe("");
    const report = imageReport(result.report);
    expect(readReport(result.directory)).toEqual(JSON.parse(JSON.stringify(report)));
    expect(report.samples).toEqual({ file: "samples.csv", photos: 64, answered: 64, warmup: 16 });
    expect(report.endpoints.map((row) => [row.endpoint_id, row.connected_to])).toEqual([
      ["endpoint-0", "strata-worker-a"],
      ["endpoint-1", "strata-worker-b"],
    ]);
    expect(report.workers.map(({ worker_id, photos }) => [worker_id, photos])).toEqual([
      ["strata-worker-a", 24],
      ["strata-worker-b", 24],
    ]);
    // Clocks are the nodes', pods have none of their own.
    expect(Object.keys(report.repetitions[0]!.clocks).sort()).toEqual([
      "cloud-1",
      "cloud-2",
      "endpoint-0",
      "endpoint-1",
    ]);
    expect(report.kubernetes?.pods.map(({ name, node, readyS, standing }) => [name, node, readyS, standing])).toEqual([
      ["strata-worker-a", "cloud-1", 9, "ready"],
      ["strata-worker-b", "cloud-2", 9, "ready"],
    ]);
    expect(existsSync(join(result.directory, "raw/repetition-2/strata-worker-b.worker.csv"))).toBe(true);
    // Nothing of the runs is left on the nodes.
    expect(["cloud-1", "cloud-2"].flatMap((node) => readdirSync(join(directory, node)))).toEqual([]);
  });

  test("a node lost during the run fails it with the reason, keeps the samples, and shows where its pod went", async () => {
    const result = await run({ durationS: 60 }, (text) => {
      if (lost !== undefined || !/^[1-9]\d* photos sent/.test(text)) return;
      lost = "cloud-2";
      clusterSays(
        [pods[0]!, { ...pods[1]!, ending: true }, { name: "strata-worker-c", node: "cloud-1", ready: false }],
        lost,
      );
    });
    expect(result.outcome).toBe("failed");
    if (result.outcome !== "failed") return;
    expect(result.reason).toBe(
      "worker node cloud-2 was lost (NodeStatusUnknown: Kubelet stopped posting node status.) during the run: cloud-2: look at the worker: did not end within 30 s",
    );
    expect(imageReport(result.report).samples.photos).toBeGreaterThan(0);
    expect(result.report.kubernetes?.pods.map(({ name, node, standing }) => [name, node, standing])).toEqual([
      ["strata-worker-a", "cloud-1", "ready"],
      ["strata-worker-b", "cloud-2", "is being ended"],
      ["strata-worker-c", "cloud-1", "Running, not ready"],
    ]);
    expect(result.report.kubernetes?.nodes.filter(({ ready }) => !ready).map(({ name }) => name)).toEqual(["cloud-2"]);
  });

  test("pods that do not become ready keep the run from starting, and are told", async () => {
    clusterSays([pods[0]!, { name: "strata-worker-b", ready: false }]);
    const stop = new AbortController();
    const result = await run({ signal: stop.signal }, (text) => {
      if (text === "1 of 2 worker pods are ready") stop.abort(new Error("interrupted"));
    });
    expect(result.outcome).toBe("interrupted");
    expect(result.report.repetitions).toEqual([]);
  });
};

describeUnless(noBroker, "the runner on a cluster", onCluster);
