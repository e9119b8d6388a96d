import { execa } from "execa";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestbedOutputs } from "../../components/contract/testbed.ts";
import type { TestbedArgs } from "../../components/spec/testbed.ts";
import { list, median, type Bench } from "./bench.ts";
import { BenchStack } from "./benchStack.ts";
import { testbedMissing } from "./missing.ts";

const limitMs = 20 * 60_000;

/** bench_cloud of the smallest size: a control plane, a worker with one pod, and the endpoint that a workload needs. */
const args: TestbedArgs = {
  provider: { kind: "libvirt", host: "embedded" },
  tiers: {
    cloud: { count: 2, cpus: 2, memory: "2 GiB" },
    endpoint: { count: 1, cpus: 1, memory: "512 MiB" },
  },
  software: [{ kind: "kubernetes" }, { kind: "mqtt", on: "cloud" }],
  benchmark: { workload: "image-classification", worker: "kubernetes", rate: "0.5 Hz" },
};

/** Leaves a node's machine as it was when it first answered: nothing of Kubernetes runs, programs and settings are there. */
const reset = `kubeadm reset --force > /dev/null 2>&1; systemctl stop kubelet strata-pod-network.path strata-pod-network.service
ctr --namespace k8s.io containers list -q | xargs -r ctr --namespace k8s.io containers delete > /dev/null 2>&1
systemctl stop containerd; ip link delete cni0; ip link delete flannel.1
rm -rf /etc/cni/net.d /run/flannel /var/lib/etcd /etc/kubernetes/manifests; iptables -F; iptables -t nat -F; true`;

/** The cluster of `pulumi up` against the same one typed by hand, on the same machines one after the other. */
export const cluster: Bench = {
  name: "cluster",
  title: "a Kubernetes cluster from machines at ssh to a pod that runs, against a plain script with the same commands",
  missing: () => testbedMissing(["kubernetes", "mqtt", "workload"]),
  async run(say) {
    const stack = await BenchStack.create("bench-cluster", args);
    try {
      await stack.up();
      const strata = (Date.now() - machinesAnswered(stack)) / 1000;
      say(`pulumi up: ${strata.toFixed(1)} s`);
      const byHand = await byScript(stack);
      say(`plain script: ${list([byHand])} s`);
      return [
        {
          name: "cluster of two with a pod, up",
          measured: median([strata]) / median([byHand]),
          limit: 1.3,
          unit: "",
          detail: `${list([strata])} s and ${list([byHand])} s`,
        },
      ];
    } finally {
      await stack.remove();
    }
  },
};

/** When the last of the machines answered by ssh, in ms since 1970. */
function machinesAnswered({ state, name }: BenchStack): number {
  const lines = readFileSync(join(state, "stacks", name, "phases.jsonl"), "utf8")
    .trim()
    .split("\n");
  const phases = lines.map((line) => JSON.parse(line) as { phase: string; startMs: number; seconds: number });
  return Math.max(...phases.filter(({ phase }) => phase === "boot").map((boot) => boot.startMs + boot.seconds * 1000));
}

/** @returns seconds that the script took. */
async function byScript(stack: BenchStack): Promise<number> {
  const { machines } = (await stack.output()) as TestbedOutputs;
  const [control, worker] = machines.filter(({ tier }) => tier === "cloud");
  if (control === undefined || worker === undefined) throw new Error("the testbed has no two cloud machines");
  const configuration = join(stack.state, "stacks", stack.name, "ssh_config");
  const on = async (address: string, command: string): Promise<string> =>
    (await execa("ssh", ["-F", configuration, address, command], { stdin: "ignore", timeout: limitMs })).stdout;

  const directory = mkdtempSync(join(tmpdir(), "strata-bench-cluster-"));
  try {
    const kubectl = "kubectl --kubeconfig /etc/kubernetes/admin.conf";
    const kinds = "namespace/strata serviceaccount/strata-worker secret/strata-worker deployment/strata-worker";
    const objects = await on(control.address, `for o in ${kinds}; do ${kubectl} -n strata get $o -o json; done`);
    const file = join(directory, "objects.json");
    writeFileSync(file, withoutState(objects), { mode: 0o600 });
    await on(control.address, "cp /etc/strata/manifests/flannel.yaml /root/flannel.yaml");
    for (const { address } of [control, worker]) await on(address, reset);

    const script = join(import.meta.dirname, "cluster.sh");
    const start = performance.now();
    const names = [control, worker].map(({ name, address }) => `${name}@${address}`);
    await execa(script, [configuration, ...names, file], { stdin: "ignore", timeout: limitMs });
    return (performance.now() - start) / 1000;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Objects as a user writes them: what the first cluster put into them would be refused by another. */
function withoutState(objects: string): string {
  const separated = objects.split(/^(?=\{$)/m).map((text) => JSON.parse(text) as Record<string, unknown>);
  const written = separated.map((object) => {
    const { name, namespace, labels } = object.metadata as Record<string, unknown>;
    return { ...object, status: undefined, metadata: { name, namespace, labels } };
  });
  return JSON.stringify({ apiVersion: "v1", kind: "List", items: written });
}
