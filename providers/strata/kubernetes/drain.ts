import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { ApiError, ApiUnavailable } from "./api.ts";
import type { Cluster } from "./cluster.ts";
import { readNode, setSchedulable } from "./clusterNode.ts";

const podsShape = z.object({
  items: z.array(
    z.object({
      metadata: z.object({
        name: z.string(),
        namespace: z.string(),
        annotations: z.record(z.string(), z.string()).default({}),
        ownerReferences: z.array(z.object({ kind: z.string() })).default([]),
        deletionTimestamp: z.string().optional(),
      }),
      status: z.object({ phase: z.string().optional() }),
    }),
  ),
});

type Pod = z.infer<typeof podsShape>["items"][number];

const lookIntervalMs = 1000;

/** Pods that have to leave: a DaemonSet's and the kubelet's own static ones belong to the node, others are over. */
export function leaving(pods: readonly Pod[]): Pod[] {
  return pods.filter(
    ({ metadata, status }) =>
      !("kubernetes.io/config.mirror" in metadata.annotations) &&
      !metadata.ownerReferences.some(({ kind }) => kind === "DaemonSet") &&
      status.phase !== "Succeeded" &&
      status.phase !== "Failed",
  );
}

/**
 * Keeps new pods off a node and asks those on it to leave, as `kubectl drain` does; budgets for disruption are heeded.
 *
 * @returns the pods that were still there at the limit, or when the node stopped answering.
 */
export async function drain(
  cluster: Cluster,
  name: string,
  limitMs: number,
  signal: AbortSignal,
  progress: (message: string) => void,
): Promise<string[]> {
  await setSchedulable(cluster, name, false);
  const until = Date.now() + limitMs;
  for (;;) {
    signal.throwIfAborted();
    const pods = leaving(await podsOn(cluster, name));
    if (pods.length === 0) return [];
    const names = pods.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
    // A kubelet that is gone ends nothing; the cluster moves its pods when the node is deleted.
    if (Date.now() >= until || (await readNode(cluster, name))?.ready !== true) return names;
    progress(`draining ${name}: ${names.length} pods are still there`);
    for (const pod of pods) {
      if (pod.metadata.deletionTimestamp === undefined) await evict(cluster, pod);
    }
    await sleep(Math.min(lookIntervalMs, Math.max(0, until - Date.now())), undefined, { signal });
  }
}

async function podsOn({ api }: Cluster, node: string): Promise<Pod[]> {
  const { items } = podsShape.parse(await api.get(`/api/v1/pods?fieldSelector=spec.nodeName%3D${node}`));
  return items;
}

async function evict({ once }: Cluster, { metadata: { name, namespace } }: Pod): Promise<void> {
  const eviction = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name, namespace } };
  try {
    await once.post(`/api/v1/namespaces/${namespace}/pods/${name}/eviction`, eviction);
  } catch (error) {
    // Gone already; or its budget allows no disruption just now, or the API can't answer, and it is asked again.
    if (error instanceof ApiUnavailable) return;
    if (!(error instanceof ApiError && (error.status === 404 || error.status === 429))) throw error;
  }
}
