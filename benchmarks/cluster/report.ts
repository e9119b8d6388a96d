import type { KubernetesReport, PodReport } from "../report/schema.ts";
import { standing } from "./pods.ts";
import type { ClusterState, Pod } from "./state.ts";

/**
 * What became of the worker pods: each that was ever seen, as it was last seen, and the nodes at the end.
 * @param seen in the order of time. @returns undefined when the cluster was never asked.
 */
export function clusterReport(seen: readonly ClusterState[]): KubernetesReport | undefined {
  const last = seen.at(-1);
  if (last === undefined) return undefined;
  const pods = new Map(seen.flatMap((state) => state.pods.map((pod) => [pod.name, pod])));
  const there = new Set(last.pods.map(({ name }) => name));
  return { pods: [...pods.values()].map((pod) => podReport(pod, there.has(pod.name))), nodes: last.nodes };
}

function podReport(pod: Pod, there: boolean): PodReport {
  const { name, node, restarts, createdAt } = pod;
  const after = (at: string | undefined): number | undefined =>
    at === undefined ? undefined : (Date.parse(at) - Date.parse(createdAt)) / 1000;
  const spans = {
    scheduledS: after(pod.scheduledAt),
    initializedS: after(pod.initializedAt),
    startedS: after(pod.startedAt),
    readyS: after(pod.readyAt),
  };
  return {
    name,
    ...(node === undefined ? {} : { node }),
    restarts,
    createdAt,
    ...Object.fromEntries(Object.entries(spans).filter(([, value]) => value !== undefined)),
    standing: there ? (pod.ready && !pod.ending ? "ready" : standing(pod)) : "gone",
  };
}
