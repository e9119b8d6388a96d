import type { TestbedOutputs } from "../../../components/contract/testbed.ts";
import { imageBenchmark, localTestbed } from "./localTestbed.ts";

const [cloud, , ...endpoints] = localTestbed.machines;

/** The same workload, its workers in pods. */
export const clusterBenchmark = {
  ...imageBenchmark,
  worker: "kubernetes",
  broker: "cloud",
  deployment: { applicationsPerWorker: 1, workerCpu: 1.5, workerMemoryMiB: 256 },
  repetitions: 1,
} as const;

/** The same by loopback with a cluster: cloud-0 its control plane and the broker, cloud-1 and cloud-2 its workers. */
export const clusterTestbed: TestbedOutputs = {
  ...localTestbed,
  machines: [...[0, 1, 2].map((index) => ({ ...cloud!, name: `cloud-${index}`, index })), ...endpoints],
  links: [],
  software: [
    { kind: "kubernetes", machines: ["cloud-0", "cloud-1", "cloud-2"] },
    { kind: "mqtt", machines: ["cloud-0"] },
  ],
  kubernetes: {
    version: "1.35.4",
    controlPlane: "cloud-0",
    workers: ["cloud-1", "cloud-2"],
    podCidr: "10.244.0.0/16",
    serviceCidr: "10.96.0.0/12",
    server: "127.0.0.1:6443",
  },
  benchmark: clusterBenchmark,
};
