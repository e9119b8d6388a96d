// What those who build a testbed and those who measure on it agree on, beside the outputs.

/** Where a run's files are on a machine; pods see their node's. The role `workload` has it, too. */
export const runsDirectory = "/var/lib/strata/runs";

/** Where a benchmark's pods are on the cluster, and what they are known by (the application's name among their labels). */
export const workerPods = { namespace: "strata", application: "strata-worker" } as const;
