import type { Look, Patience } from "../../kit/patience.ts";
import type { SshTarget } from "../access/ssh.ts";
import type { Cluster } from "./cluster.ts";
import { readNode, type ClusterNode } from "./clusterNode.ts";
import { askMembership } from "./membership.ts";

const lookIntervalMs = 1000;
/** How often a machine whose node is not ready is asked whether it still runs. */
const presenceIntervalMs = 10_000;

/**
 * Waits until the cluster can use the node: it is ready, and its kubelet is of the wanted version. A machine that was
 * powered off meanwhile is not waited for.
 */
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
  let seen = Date.now();
  await patience.until(what, fix, lookIntervalMs, async (): Promise<Look<void>> => {
    const pending = whyNot(await readNode(cluster, name), version);
    if (pending === undefined) return { done: undefined };
    // Near the end of its patience the node is what is to be named.
    if (Date.now() - seen >= presenceIntervalMs && patience.leftMs > presenceIntervalMs) {
      await askMembership(patience, target);
      seen = Date.now();
    }
    return { pending };
  });
}

function whyNot(node: ClusterNode | undefined, version: string): string | undefined {
  if (node === undefined) return "the cluster does not know it yet";
  if (!node.ready) return `it is not ready: ${node.reason}`;
  return node.version === version ? undefined : `its kubelet is of version ${node.version}`;
}
