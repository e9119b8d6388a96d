import { z } from "zod";
import type { Patience } from "../../kit/patience.ts";
import { ApiError } from "./api.ts";
import type { Cluster } from "./cluster.ts";
import { mergedTaints, taintsShape, type Taint } from "./taints.ts";

/** What this plugin reads of a Node object. */
const nodeShape = z.object({
  metadata: z.object({ resourceVersion: z.string(), labels: z.record(z.string(), z.string()).default({}) }),
  spec: z.object({ unschedulable: z.boolean().default(false), taints: taintsShape.default([]) }),
  status: z.object({
    conditions: z
      .array(z.object({ type: z.string(), status: z.string(), message: z.string().default("") }))
      .default([]),
    nodeInfo: z.object({ kubeletVersion: z.string() }),
  }),
});

/** A node as its cluster sees it. */
export interface ClusterNode {
  ready: boolean;
  /** Why it is not ready, in the kubelet's words. */
  reason: string;
  /** "1.35.4" */
  version: string;
  labels: Record<string, string>;
  taints: Taint[];
  resourceVersion: string;
}

const path = (name: string) => `/api/v1/nodes/${name}`;

/** The node, or undefined if the cluster has none of that name. */
export async function readNode({ api }: Cluster, name: string): Promise<ClusterNode | undefined> {
  try {
    const { metadata, spec, status } = nodeShape.parse(await api.get(path(name)));
    const ready = status.conditions.find(({ type }) => type === "Ready");
    return {
      ready: ready?.status === "True",
      reason: ready?.message ?? "the kubelet has not reported yet",
      version: status.nodeInfo.kubeletVersion.replace(/^v/, ""),
      labels: metadata.labels,
      taints: spec.taints,
      resourceVersion: metadata.resourceVersion,
    };
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

export async function deleteNode({ api }: Cluster, name: string): Promise<void> {
  try {
    await api.delete(path(name));
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
  }
}

/** Keeps new pods off the node, or lets them on it. */
export async function setSchedulable({ api }: Cluster, name: string, schedulable: boolean): Promise<void> {
  await api.patch(path(name), { spec: { unschedulable: schedulable ? null : true } });
}

/** Labels and taints that the user wants. */
export interface Marks {
  labels?: Record<string, string>;
  taints?: string[];
}

/** Puts the wanted labels and taints on the node, removes those of before; what others put there stays. */
export async function markNode(
  patience: Patience,
  cluster: Cluster,
  name: string,
  wanted: Marks,
  before: Marks = {},
): Promise<void> {
  const gone = Object.keys(before.labels ?? {}).filter((key) => !(key in (wanted.labels ?? {})));
  const labels = { ...Object.fromEntries(gone.map((key) => [key, null])), ...wanted.labels };
  const taints = [...(wanted.taints ?? []), ...(before.taints ?? [])];
  if (Object.keys(labels).length === 0 && taints.length === 0) return;
  await patience.until(`labels and taints of node ${name}`, "`pulumi up` again tries again", 500, async () => {
    const node = await readNode(cluster, name);
    if (node === undefined) return { pending: "the node has left the cluster" };
    const merged =
      taints.length === 0 ? {} : { spec: { taints: mergedTaints(node.taints, wanted.taints, before.taints) } };
    try {
      // The version makes sure that no taint is lost which the cluster put on in between.
      const metadata = { labels, resourceVersion: node.resourceVersion };
      await cluster.api.patch(path(name), { metadata, ...merged });
      return { done: undefined };
    } catch (error) {
      if (error instanceof ApiError && error.status === 409) return { pending: error.message };
      throw error;
    }
  });
}
