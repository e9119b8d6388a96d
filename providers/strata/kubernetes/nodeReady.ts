import type { Patience } from "../patience.ts";
import type { SshTarget } from "../ssh.ts";
import { steadily, type Cluster } from "./cluster.ts";
import { readNode } from "./clusterNode.ts";

const lookIntervalMs = 1000;

/** Waits until the cluster can use the node: it is ready, and its kubelet is of the wanted version. */
export async function waitUntilReady(
  patience: Patience,
  cluster: Cluster,
  target: SshTarget,
  wanted: { name: string; version: string },
): Promise<void> {
  const { name, version } = wanted;
  const what = `node ${name} to be ready with version ${version}`;
  const fix =
    `See \`strata ssh ${target.stack} ${target.machine} journalctl -u kubelet\`; the software role kubernetes_worker ` +
    "installs the version, flannel the pod network. `pulumi up` again goes on waiting";
  await patience.until(what, fix, lookIntervalMs, async () => {
    const node = await steadily(patience, cluster, () => readNode(cluster, name));
    if (node === undefined) return { pending: "the cluster does not know it yet" };
    if (!node.ready) return { pending: `it is not ready: ${node.reason}` };
    if (node.version !== version) return { pending: `its kubelet is of version ${node.version}` };
    return { done: undefined };
  });
}
