import { contractVersion } from "../../../components/contract/testbed.ts";
import type { TestbedOutputs } from "../../../components/contract/testbed.ts";
import type { ImageBenchmark } from "../../../benchmarks/workloads/image-classification/spec.ts";

/** What is measured on it. */
export const imageBenchmark: ImageBenchmark = {
  workload: "image-classification",
  worker: "cloud",
  broker: "edge",
  rateHz: 4,
  durationS: 3,
  warmupS: 1,
  repetitions: 2,
  tcpSlowStartAfterIdle: true,
  thresholds: [],
};

/** A three-tier testbed whose machines are all this host, by loopback. */
export const localTestbed: TestbedOutputs = {
  contract: contractVersion,
  name: "local",
  provider: { kind: "libvirt", host: "embedded", accelerator: "kvm" },
  network: { cidr: "127.0.0.0/16", hostAddress: "127.0.255.254" },
  machines: [
    { name: "cloud-0", tier: "cloud", index: 0, address: "127.0.0.1", cpus: 2, memoryMiB: 1024 },
    { name: "edge-0", tier: "edge", index: 0, address: "127.0.0.1", cpus: 1, memoryMiB: 512 },
    { name: "endpoint-0", tier: "endpoint", index: 0, address: "127.0.0.1", cpus: 1, memoryMiB: 512 },
    { name: "endpoint-1", tier: "endpoint", index: 1, address: "127.0.0.1", cpus: 1, memoryMiB: 512 },
  ],
  links: [
    { name: "cloud-edge", from: "cloud", to: "edge", latencyMs: 0, jitterMs: 0, lossPercent: 0 },
    { name: "cloud-endpoint", from: "cloud", to: "endpoint", latencyMs: 40, jitterMs: 0, lossPercent: 0 },
  ],
  software: [{ kind: "mqtt", machines: ["edge-0"] }],
  benchmark: imageBenchmark,
  image: "none",
  ssh: { user: "root" },
};
