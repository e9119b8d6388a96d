// A cluster of emulated machines beside a busy loop on each core: slow must not mean dead. STRATA_TIMES says how often it is
// made and unmade (default: 1); on two cores each time takes up to half an hour.
import { spawn, type ChildProcess } from "node:child_process";
import { availableParallelism } from "node:os";
import { BenchCloud, readyNodes } from "../support/benchCloud.ts";
import { patient } from "../support/patience.ts";
import { Sandbox, summaryOf } from "../support/strata.ts";

const stack = "bench-cloud-tcg";
const minute = 60_000;
const times = Number(process.env.STRATA_TIMES ?? "1");
const version = "1.35.4";

let sandbox: Sandbox;
let cloud: BenchCloud;
let loops: ChildProcess[] = [];

beforeAll(
  async () => {
    sandbox = new Sandbox();
    cloud = new BenchCloud(sandbox);
    await sandbox.succeed("strata", "setup", "--yes", "--kubernetes");
  },
  patient(60 * minute),
);
afterEach(() => {
  for (const loop of loops) loop.kill();
  loops = [];
});
afterAll(() => sandbox.clean(), patient(10 * minute));

/** "kube-apiserver 0": how often each container of the control plane and of the pod network was started again. */
async function restarts(): Promise<string[]> {
  const containers = '{range .items[*].status.containerStatuses[*]}{.name} {.restartCount}{"\\n"}{end}';
  const listed = await cloud.kubectl(`get pods --all-namespaces --output 'jsonpath=${containers}'`);
  return listed.split("\n").sort();
}

test.each(Array.from({ length: times }, (_, index) => index + 1))(
  "a cluster comes up beside a busy loop on each core, by one up, and the one after changes nothing (%d)",
  async () => {
    loops = Array.from({ length: availableParallelism() }, () =>
      spawn("sh", ["-c", "while :; do :; done"], { stdio: "ignore" }),
    );
    const begun = Date.now();
    await sandbox.succeed("strata", "up", stack, "--yes");
    const seconds = Math.round((Date.now() - begun) / 1000);
    expect(await cloud.nodes()).toEqual(readyNodes(2, version));
    expect(await cloud.workerPods()).toEqual(["cloud-1 Running"]);
    const started = await restarts();
    process.stderr.write(`up took ${seconds} s; containers and their restarts: ${started.join(", ")}\n`);
    // Not taken for dead by their probes. The controller manager ends by itself when it starts long before the API answers.
    expect(started.filter((line) => /^(etcd|kube-apiserver) /.test(line))).toEqual(["etcd 0", "kube-apiserver 0"]);
    expect(Object.keys(summaryOf((await sandbox.succeed("strata", "up", stack, "--yes")).stdout))).toEqual([
      "unchanged",
    ]);
    await sandbox.succeed("strata", "destroy", stack, "--yes");
    expect(sandbox.leftovers()).toEqual([]);
  },
  patient(120 * minute),
);
