import { execa } from "execa";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestbedOutputs } from "../../components/contract/testbed.ts";
import { usableAccelerator } from "../../components/libvirt/probe.ts";
import { machineAddress } from "../../components/plan/addressing.ts";
import { endProcesses } from "../../providers/strata/process/processes.ts";
import { list, type Bench } from "./bench.ts";
import { BenchStack } from "./benchStack.ts";
import { clusterImage, clusterOf } from "./cluster.ts";
import { testbedMissing } from "./missing.ts";
import { plainImage } from "./plainImage.ts";

const limitMs = 15 * 60_000;

/** What a worker has in /etc that its image does not have. */
const workerFiles = [
  ...["containerd/config.toml", "containerd/certs.d", "crictl.yaml", "kubernetes/kubelet.conf.d"],
  ...["modules-load.d/kubernetes.conf", "sysctl.d/60-strata.conf", "sysctl.d/70-kubernetes.conf"],
  ...["strata/flannel.conflist", "strata/resolv.conf"],
  ...["kubelet.service", "strata-pod-network.path", "strata-pod-network.service"].map(
    (unit) => `systemd/system/${unit}`,
  ),
].map((file) => `etc/${file}`);

/** `pulumi up` of one worker more against a script that boots a machine on the same network and has it join the same cluster. */
export const worker: Bench = {
  name: "worker",
  title:
    "a worker more in a cluster that runs, until its node is ready, against a plain script (8 minutes; only by name)",
  onlyNamed: true,
  missing: () => testbedMissing(clusterImage),
  async run(say) {
    const stack = await BenchStack.create("bench-worker", clusterOf(2));
    try {
      await stack.up();
      say("the cluster is there");
      // The script first: what both read of the image is in the host's memory since the cluster's own machines booted.
      const byHand = await byScript(stack, say);
      await stack.configure(clusterOf(3));
      const begun = Date.now();
      const strata = ((await stack.upFrom("cloud-2-node created")) - begun) / 1000;
      const whole = (Date.now() - begun) / 1000;
      say(`pulumi up: ${strata.toFixed(1)} s (${whole.toFixed(1)} s with the worker's pod and the up's end)`);
      return [
        {
          name: "a worker more, up to its node being ready",
          measured: strata / byHand,
          limit: 1.3,
          unit: "",
          detail: `${list([strata])} s and ${list([byHand])} s; the whole up ${list([whole])} s`,
        },
      ];
    } finally {
      await stack.remove();
    }
  },
};

/** @returns seconds that the script took. The machine is gone afterwards, and its node. */
async function byScript(stack: BenchStack, say: (line: string) => void): Promise<number> {
  const { network } = (await stack.output()) as TestbedOutputs;
  const { namespace } = stack.host;
  const address = `${machineAddress(network.cidr, "cloud", 100)}/${network.cidr.split("/")[1] ?? ""}`;
  const directory = mkdtempSync(join(tmpdir(), "strata-bench-worker-"));
  const image = plainImage(clusterImage);
  const etc = `${image}/etc.tar.gz`;
  try {
    const onWorker = ["-F", stack.sshConfiguration, "cloud-1", `tar -czf - -C / ${workerFiles.join(" ")}`];
    writeFileSync(etc, (await execa("ssh", onWorker, { encoding: "buffer", stdin: "ignore", timeout: 60_000 })).stdout);
    const script = join(import.meta.dirname, "worker.sh");
    const where = [namespace, stack.bridge, address];
    const args = [directory, image, usableAccelerator("embedded"), ...where, stack.sshConfiguration, etc];
    const start = performance.now();
    const passed = () => (performance.now() - start) / 1000;
    const running = execa(script, args, { stdin: "ignore", timeout: limitMs });
    for await (const line of running) say(`script, ${line}: ${passed().toFixed(1)} s`);
    await running;
    const took = passed();
    say(`script, node is ready: ${took.toFixed(1)} s`);
    const forget = "kubectl --kubeconfig /etc/kubernetes/admin.conf delete node by-hand";
    await execa("ssh", ["-F", stack.sshConfiguration, "cloud-0", forget], { timeout: 60_000 });
    return took;
  } finally {
    const pid = join(directory, "by-hand/pid");
    // Its network device goes with the namespace.
    if (existsSync(pid)) await endProcesses([Number(readFileSync(pid, "utf8"))], 5000);
    for (const path of [directory, image]) rmSync(path, { recursive: true, force: true });
  }
}
