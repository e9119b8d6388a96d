import { execa } from "execa";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestbedOutputs } from "../../components/contract/testbed.ts";
import type { TestbedArgs } from "../../components/experiment/whole/testbed.ts";
import { list, median, type Bench } from "./bench.ts";
import { BenchStack } from "./benchStack.ts";
import { testbedMissing } from "./missing.ts";

const limitMs = 20 * 60_000;
const kubectl = "kubectl --kubeconfig /etc/kubernetes/admin.conf";

type MachineOutput = TestbedOutputs["machines"][number];

/** Software of the machine image that its machines have. */
export const clusterImage = ["kubernetes", "mqtt", "workload"];

/**
 * bench_cloud of the smallest size: a control plane, a worker with one pod, and the endpoint that a workload needs.
 *
 * @param count machines of the cluster.
 */
export function clusterOf(count: number): TestbedArgs {
  return {
    provider: { kind: "libvirt", host: "embedded" },
    tiers: {
      cloud: { count, cpus: 2, memory: "2 GiB" },
      endpoint: { count: 1, cpus: 1, memory: "512 MiB" },
    },
    software: [{ kind: "kubernetes" }, { kind: "mqtt", on: "cloud" }],
    benchmark: { workload: "image-classification", worker: "kubernetes", rate: "0.5 Hz" },
  };
}

/** Leaves a node's machine as it was when it first answered: nothing of Kubernetes runs, programs and settings are there. */
const reset = `kubeadm reset --force > /dev/null 2>&1; systemctl stop kubelet strata-pod-network.path strata-pod-network.service
ctr --namespace k8s.io containers list -q | xargs -r ctr --namespace k8s.io containers delete > /dev/null 2>&1
systemctl stop containerd; ip link delete cni0; ip link delete flannel.1
rm -rf /etc/cni/net.d /run/flannel /var/lib/etcd /etc/kubernetes/manifests; iptables -F; iptables -t nat -F; true`;

/** The cluster of `pulumi up` against the same one typed by hand, on the same machines one after the other. */
export const cluster: Bench = {
  name: "cluster",
  title: "a Kubernetes cluster from machines at ssh to a pod that runs, against a plain script with the same commands",
  missing: () => testbedMissing(clusterImage),
  async run(say) {
    const stack = await BenchStack.create("bench-cluster", clusterOf(2));
    try {
      await stack.up();
      const begun = machinesAnswered(stack);
      const strata = ((await podRuns(stack)) - begun) / 1000;
      const whole = (Date.now() - begun) / 1000;
      say(`pulumi up: ${strata.toFixed(1)} s (${whole.toFixed(1)} s with the services that come after the pod)`);
      const byHand = await byScript(stack, say);
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

async function nodes(stack: BenchStack): Promise<MachineOutput[]> {
  return ((await stack.output()) as TestbedOutputs).machines.filter(({ tier }) => tier === "cloud");
}

async function on(stack: BenchStack, { name }: MachineOutput, command: string): Promise<string> {
  const ssh = ["-F", stack.sshConfiguration, name, command];
  return (await execa("ssh", ssh, { stdin: "ignore", timeout: limitMs })).stdout;
}

/** When the first of the workers' pods ran, as the cluster itself has it, in ms since 1970 (to the second). */
async function podRuns(stack: BenchStack): Promise<number> {
  const [control] = await nodes(stack);
  const path = "{.items[*].status.containerStatuses[*].state.running.startedAt}";
  const command = `${kubectl} --namespace strata get pods --output jsonpath='${path}'`;
  const started = control === undefined ? "" : await on(stack, control, command);
  const times = started.split(" ").map((text) => Date.parse(text));
  if (times.some(Number.isNaN)) throw new Error(`when the pod started is not known: "${started}"`);
  return Math.min(...times);
}

/** @returns seconds that the script took. */
async function byScript(stack: BenchStack, say: (line: string) => void): Promise<number> {
  const [control, worker] = await nodes(stack);
  if (control === undefined || worker === undefined) throw new Error("the testbed has no two cloud machines");

  const directory = mkdtempSync(join(tmpdir(), "strata-bench-cluster-"));
  try {
    const kinds = "namespace/strata serviceaccount/strata-worker secret/strata-worker deployment/strata-worker";
    const objects = await on(stack, control, `for o in ${kinds}; do ${kubectl} -n strata get $o -o json; done`);
    const file = join(directory, "objects.json");
    writeFileSync(file, withoutState(objects), { mode: 0o600 });
    await on(stack, control, "cp /etc/strata/manifests/flannel.yaml /root/flannel.yaml");
    for (const machine of [control, worker]) await on(stack, machine, reset);

    const script = join(import.meta.dirname, "cluster.sh");
    const start = performance.now();
    const names = [control, worker].map(({ name, address }) => `${name}@${address}`);
    const running = execa(script, [stack.sshConfiguration, ...names, file], { stdin: "ignore", timeout: limitMs });
    for await (const line of running) say(`script, ${line}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
    await running;
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
