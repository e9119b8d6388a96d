import type { TierName } from "../spec/tier.ts";
import type { BenchmarkSpec } from "../spec/benchmark.ts";
import type { JsonValue } from "../spec/kubernetes.ts";

/** What will exist, computed from a spec alone: the same spec gives the same plan, byte for byte. */
export interface Plan {
  /** Testbed name: the stack's name. */
  name: string;
  network: NetworkPlan;
  /** Address range of each tier that has machines; shaping rules match on it. */
  tierCidrs: Partial<Record<TierName, string>>;
  /** In tier order (cloud, edge, endpoint), then by index. */
  machines: MachinePlan[];
  /** One for each pair of tiers that has at least two machines to talk to each other, in a fixed order. */
  links: LinkPlan[];
  /** Software kinds whose packages and container images the machine image holds; sorted. */
  imageSoftware: string[];
  software: SoftwarePlan[];
  kubernetes?: KubernetesPlan;
  benchmark?: BenchmarkSpec;
}

export interface NetworkPlan {
  /** Range of the whole testbed, for example "10.83.0.0/16". */
  cidr: string;
  prefixLength: number;
  /** The host's own address on the bridge; outside every tier's range, so traffic with the host is never shaped. */
  hostAddress: string;
  /** Bridge name on the host; at most 15 characters, the kernel's limit. */
  bridge: string;
}

export interface MachinePlan {
  /** Tier and index: "cloud-0". */
  name: string;
  tier: TierName;
  index: number;
  address: string;
  /** Locally administered, derived from the address. */
  mac: string;
  cpus: number;
  memoryMiB: number;
  /** Share of each core's time, 0.1 to 1. */
  quota?: number;
  /** Upper bounds on disk throughput, in MB/s (10^6 bytes); absent: unlimited. */
  readMBps?: number;
  writeMBps?: number;
  diskGiB: number;
  /** What this machine does to the packets it sends, by the tier it sends to. */
  shaping: ShapingRules;
  /** Ansible roles in the order they run. */
  roles: RolePlan[];
}

/** Keyed by peer tier, so that the number of rules does not grow with the number of machines. */
export type ShapingRules = Partial<Record<TierName, ShapingRule>>;

export interface ShapingRule {
  cidr: string;
  /** One way, in ms. */
  latencyMs: number;
  /** Standard deviation, in ms. */
  jitterMs: number;
  /** 10^6 bit/s; absent: unlimited. */
  rateMbit?: number;
  lossPercent: number;
  /** Length of the delay queue in packets: rate x delay must fit. */
  limitPackets: number;
}

export interface LinkPlan {
  /** "cloud-edge": the tiers in tier order. */
  name: string;
  from: TierName;
  to: TierName;
  latencyMs: number;
  jitterMs: number;
  rateMbit?: number;
  lossPercent: number;
}

export interface RolePlan {
  /** Folder name under ansible/roles. */
  role: string;
  variables: Record<string, JsonValue>;
}

export interface SoftwarePlan {
  kind: string;
  /** Names of the machines it runs on. */
  machines: string[];
}

export interface KubernetesPlan {
  version: string;
  /** Name of the machine that is the control plane. */
  controlPlane: string;
  /** Names of the machines that are workers, in plan order. */
  workers: string[];
  podCidr: string;
  serviceCidr: string;
  /** Address of the API server, as the machines reach it: "10.83.0.1:6443". */
  server: string;
  /** Nodes without a machine. */
  simulatedNodes: number;
}
