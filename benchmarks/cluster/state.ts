import { z } from "zod";
import { workerPods } from "../../components/contract/runs.ts";
import { printable } from "../../providers/kit/plain/printable.ts";
import type { Machine, Transport } from "../transport/transport.ts";

/** A worker pod as the cluster's API tells it. Times are of whole seconds there. */
export interface Pod {
  name: string;
  /** Absent: not scheduled yet. */
  node?: string;
  phase: string;
  ready: boolean;
  /** Being ended, by Kubernetes or by someone. */
  ending: boolean;
  restarts: number;
  createdAt: string;
  scheduledAt?: string;
  initializedAt?: string;
  /** The running container's start. */
  startedAt?: string;
  readyAt?: string;
  /** Why it does not run: "Unschedulable: 0/2 nodes are available". */
  problem?: string;
}

export interface ClusterNode {
  name: string;
  ready: boolean;
  /** Why not, in the API's words. */
  problem?: string;
}

/** The part of the cluster that a benchmark depends on. */
export interface ClusterState {
  /** By node, then by name. */
  pods: Pod[];
  nodes: ClusterNode[];
}

/** Reports compute with it. */
const time = z.iso.datetime({ offset: true });

const condition = z.object({
  type: z.string(),
  status: z.string(),
  lastTransitionTime: time.nullish(),
  reason: z.string().nullish(),
  message: z.string().nullish(),
});
type Condition = z.infer<typeof condition>;

/** Names become parts of paths, here and on the machines (RFC 1123's subdomain, as Kubernetes has it). */
const objectName = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, "is no name of a Kubernetes object");

const metadata = z.object({
  name: objectName,
  creationTimestamp: time,
  deletionTimestamp: z.string().nullish(),
  labels: z.record(z.string(), z.string()).nullish(),
});

const stopped = z.object({ reason: z.string().nullish(), message: z.string().nullish() });
const containerStatus = z.object({
  restartCount: z.number(),
  state: z
    .object({
      running: z.object({ startedAt: time }).nullish(),
      waiting: stopped.nullish(),
      terminated: stopped.nullish(),
    })
    .nullish(),
});

const podObject = z.object({
  kind: z.literal("Pod"),
  metadata,
  spec: z.object({ nodeName: objectName.nullish() }),
  status: z.object({
    phase: z.string(),
    conditions: z.array(condition).nullish(),
    containerStatuses: z.array(containerStatus).nullish(),
  }),
});
const nodeObject = z.object({
  kind: z.literal("Node"),
  metadata,
  status: z.object({ conditions: z.array(condition).nullish() }),
});
const listSchema = z.object({ items: z.array(z.discriminatedUnion("kind", [podObject, nodeObject])) });

/**
 * Asks the cluster's API, on the control plane's machine: there is a kubectl there, and an administrator's kubeconfig.
 * @throws RemoteError when it does not answer.
 */
export async function readCluster(
  transport: Transport,
  control: Machine,
  limitMs: number,
  signal?: AbortSignal,
): Promise<ClusterState> {
  // One call: on an emulated processor kubectl takes seconds.
  const look = `kubectl --kubeconfig /etc/kubernetes/admin.conf --namespace ${workerPods.namespace} get pods,nodes --output json`;
  // kubectl gives an API that has too much to do 10 s for a handshake, which no option changes.
  const command = `for again in 1 2 3 4 5; do ${look} && exit; sleep 5; done; exit 1`;
  const asked = { what: "look at the cluster's pods", limitMs: 5 * limitMs, signal };
  const text = await transport.run(control, command, asked);
  return clusterState(JSON.parse(text));
}

/** What a list of pods and nodes says. @throws ZodError for anything else. */
export function clusterState(list: unknown): ClusterState {
  const { items } = listSchema.parse(list);
  const pods = items.flatMap((item) =>
    item.kind === "Pod" && item.metadata.labels?.["app.kubernetes.io/name"] === workerPods.application
      ? [podFacts(item)]
      : [],
  );
  return {
    pods: pods.sort((a, b) => compare(a.node ?? "", b.node ?? "") || compare(a.name, b.name)),
    nodes: items.flatMap((item) => (item.kind === "Node" ? [nodeFacts(item)] : [])),
  };
}

/** "cloud-2" before "cloud-10". */
const compare = (a: string, b: string): number => a.localeCompare(b, "en", { numeric: true });

function podFacts({ metadata: meta, spec, status }: z.infer<typeof podObject>): Pod {
  const conditions = status.conditions ?? [];
  const container = status.containerStatuses?.[0];
  const since = (type: string): string | undefined => {
    const found = conditions.find((one) => one.type === type && one.status === "True");
    return found?.lastTransitionTime ?? undefined;
  };
  const unscheduled = conditions.find(({ type, status: value }) => type === "PodScheduled" && value === "False");
  const standing = container?.state?.waiting ?? container?.state?.terminated ?? undefined;
  return {
    name: meta.name,
    ...defined("node", spec.nodeName),
    phase: status.phase,
    ready: since("Ready") !== undefined,
    ending: meta.deletionTimestamp != null,
    restarts: container?.restartCount ?? 0,
    createdAt: meta.creationTimestamp,
    ...defined("scheduledAt", since("PodScheduled")),
    ...defined("initializedAt", since("Initialized")),
    ...defined("startedAt", container?.state?.running?.startedAt),
    ...defined("readyAt", since("Ready")),
    ...defined("problem", words(unscheduled ?? standing)),
  };
}

function nodeFacts({ metadata: meta, status }: z.infer<typeof nodeObject>): ClusterNode {
  const ready = status.conditions?.find(({ type }) => type === "Ready");
  const isReady = ready?.status === "True";
  return { name: meta.name, ready: isReady, ...(isReady ? {} : defined("problem", words(ready))) };
}

function words(from: Pick<Condition, "reason" | "message"> | undefined): string | undefined {
  const parts = [from?.reason, from?.message].filter((part) => part != null && part !== "");
  return parts.length === 0 ? undefined : printable(parts.join(": "));
}

function defined<K extends string>(key: K, value: string | null | undefined): Partial<Record<K, string>> {
  return value == null ? {} : ({ [key]: value } as Record<K, string>);
}
