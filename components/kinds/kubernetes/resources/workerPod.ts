import { runsDirectory } from "../../../contract/runs.ts";
import type * as kubernetes from "@pulumi/kubernetes/types/input.js";
import type { DeploymentSpec } from "../../../experiment/benchmarkFields.ts";

/** Where the pod sees the node's runs. */
const podRuns = "/run-dir";
const readyPort = 8080;

/** A lost node's pods are given up after so long; Kubernetes' own 300 s outlast most benchmarks. */
const lostNodeSeconds = 30;

export interface WorkerPod {
  labels: Record<string, string>;
  /** Names the container. */
  role: string;
  image: string;
  serviceAccount: string;
  /** Secret with the key workload.json. */
  secret: string;
  deployment: DeploymentSpec;
}

/**
 * A pod in which a supervisor waits for benchmark runs. Pods are spread evenly over the cluster's workers, as the
 * benchmark counts them: so many a worker.
 */
export function workerPod({
  labels,
  role,
  image,
  serviceAccount,
  secret,
  deployment,
}: WorkerPod): kubernetes.core.v1.PodSpec {
  // Equal requests and limits, as Continuum sets them: the pod is the last to be evicted, and one does not slow the other.
  const resources = {
    cpu: `${Math.round(deployment.workerCpu * 1000)}m`,
    memory: `${Math.round(deployment.workerMemoryMiB)}Mi`,
  };
  const probe = { httpGet: { path: "/", port: readyPort } };
  return {
    serviceAccountName: serviceAccount,
    // It asks the API nothing.
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 10,
    affinity: {
      nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [workersOnly] } },
    },
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: "kubernetes.io/hostname",
        whenUnsatisfiable: "DoNotSchedule",
        labelSelector: { matchLabels: labels },
        // A node that is lost is no place to keep the balance with.
        nodeTaintsPolicy: "Honor",
      },
    ],
    tolerations: ["not-ready", "unreachable"].map((key) => ({
      key: `node.kubernetes.io/${key}`,
      operator: "Exists",
      effect: "NoExecute",
      tolerationSeconds: lostNodeSeconds,
    })),
    containers: [
      {
        name: role,
        image,
        // It is in the machine image.
        imagePullPolicy: "IfNotPresent",
        args: ["supervise"],
        env: [
          { name: "STRATA_POD", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
          { name: "STRATA_RUNS_DIR", value: podRuns },
          { name: "STRATA_CONFIG", value: "/etc/strata/workload.json" },
          { name: "STRATA_READY_PORT", value: String(readyPort) },
        ],
        ports: [{ name: "ready", containerPort: readyPort }],
        resources: { requests: resources, limits: resources },
        // Often while it starts, seldom while it measures.
        startupProbe: { ...probe, periodSeconds: 1, timeoutSeconds: 30, failureThreshold: 1800 },
        readinessProbe: { ...probe, periodSeconds: 10, timeoutSeconds: 30 },
        volumeMounts: [
          { name: "broker", mountPath: "/etc/strata", readOnly: true },
          { name: "runs", mountPath: podRuns },
        ],
      },
    ],
    volumes: [
      { name: "broker", secret: { secretName: secret, defaultMode: 0o400 } },
      { name: "runs", hostPath: { path: runsDirectory, type: "DirectoryOrCreate" } },
    ],
  };
}

/** Neither the control plane nor simulated nodes. */
const workersOnly = {
  matchExpressions: [
    { key: "node-role.kubernetes.io/control-plane", operator: "DoesNotExist" },
    { key: "type", operator: "NotIn", values: ["simulated"] },
  ],
};
