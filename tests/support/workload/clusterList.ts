/** What `kubectl get pods,nodes --output json` says, as far as anyone reads it. */
export interface FakePod {
  name: string;
  node?: string;
  ready?: boolean;
  restarts?: number;
  ending?: boolean;
  /** Why its container does not run. */
  waiting?: { reason: string; message?: string };
}

export interface FakeNode {
  name: string;
  ready?: boolean;
}

const at = (seconds: number): string =>
  new Date(Date.UTC(2026, 2, 4, 10, 0, seconds)).toISOString().replace(".000", "");

export function clusterList(pods: readonly FakePod[], nodes: readonly FakeNode[]): object {
  return { apiVersion: "v1", kind: "List", items: [...pods.map(podObject), ...nodes.map(nodeObject)] };
}

/** Created at second 0, scheduled at 1, initialized at 2, started at 5, ready at 9. */
function podObject({ name, node, ready = true, restarts = 0, ending = false, waiting }: FakePod): object {
  const condition = (type: string, second: number, good = true) => ({
    type,
    status: good ? "True" : "False",
    lastTransitionTime: at(second),
    ...(good ? {} : { reason: "Unschedulable", message: "0/2 nodes are available" }),
  });
  const scheduled = node !== undefined;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      creationTimestamp: at(0),
      labels: { "app.kubernetes.io/name": "strata-worker", "pod-template-hash": "6d4b" },
      ...(ending ? { deletionTimestamp: at(60) } : {}),
    },
    spec: scheduled ? { nodeName: node } : {},
    status: {
      phase: scheduled && waiting === undefined ? "Running" : "Pending",
      conditions: [
        condition("PodScheduled", 1, scheduled),
        ...(scheduled ? [condition("Initialized", 2)] : []),
        ...(ready && scheduled ? [condition("Ready", 9)] : []),
      ],
      ...(scheduled
        ? {
            containerStatuses: [
              { restartCount: restarts, state: waiting ? { waiting } : { running: { startedAt: at(5) } } },
            ],
          }
        : {}),
    },
  };
}

function nodeObject({ name, ready = true }: FakeNode): object {
  const unknown = { status: "Unknown", reason: "NodeStatusUnknown", message: "Kubelet stopped posting node status." };
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, creationTimestamp: at(0), labels: {} },
    status: { conditions: [{ type: "Ready", lastTransitionTime: at(0), ...(ready ? { status: "True" } : unknown) }] },
  };
}
