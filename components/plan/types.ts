import type { DeployedKindName, DeploymentOf, KindName } from "../kinds/index.ts";
import type { RolePlan } from "../kinds/kind.ts";
import type { AccessRates, LinkShape, Tolerances } from "../experiment/link.ts";
import type { PlannedShape } from "../experiment/linkShape.ts";
import type { TierName } from "../experiment/tier.ts";
import type { Boot } from "../experiment/machines.ts";
import type { BenchmarkBase } from "../experiment/workload.ts";
import type { TraceSource } from "../experiment/trace.ts";

export type { RolePlan } from "../kinds/kind.ts";

/** What the resources of kinds of software are made from, by the kind's name. */
export type Deployments = { [Name in DeployedKindName]?: DeploymentOf<Name> };

/** What will exist, computed from a spec and its place alone: the same ones give the same plan, byte for byte. */
export interface Plan extends Deployments {
  /** Testbed name: the stack's name. */
  name: string;
  /** What its names on hosts end with; absent: made before they did. */
  place?: string;
  /** What machines start from, where the infrastructure can do both. */
  boot: Boot;
  network: NetworkPlan;
  /** Address range of each tier that has machines; shaping rules match on it. */
  tierCidrs: Partial<Record<TierName, string>>;
  /** In tier order (cloud, edge, endpoint), then by index. */
  machines: MachinePlan[];
  /** One for each pair of tiers that has at least two machines to talk to each other, in a fixed order. */
  links: LinkPlan[];
  /** Of machines whose links differ from their tier's, in the order of their names. */
  machineLinks: MachineLinkPlan[];
  /** Rates that all links of a machine share, by tier or by the machine's name. */
  access: Record<string, AccessRates>;
  /** How far measured links may be from the wanted ones. Absent: as usual. */
  tolerance?: Tolerances;
  /** Software kinds whose packages and container images the machine image holds; sorted. */
  imageSoftware: string[];
  software: SoftwarePlan[];
  benchmark?: BenchmarkBase;
  /** How long it may be kept from each update on. When that ends is no part of a plan. Absent: until it is destroyed. */
  leaseSeconds?: number;
}

export interface NetworkPlan {
  /** Range of the whole testbed, for example "10.83.0.0/16". */
  cidr: string;
  prefixLength: number;
  /** The host's own address in it; outside every tier's range, so traffic with the host is never shaped. */
  hostAddress: string;
}

export interface MachinePlan {
  /** Tier and index: "cloud-0". */
  name: string;
  tier: TierName;
  index: number;
  address: string;
  cpus: number;
  memoryMiB: number;
  /** Share of each core's time, 0.1 to 1. */
  quota?: number;
  /** Upper bounds on disk throughput, in MB/s (10^6 bytes); absent: unlimited. */
  readMBps?: number;
  writeMBps?: number;
  diskGiB: number;
  /** Name of the host that it has to run on; absent: any. */
  on?: string;
  /** What this machine does to the packets it sends, by whom it sends to. */
  shaping: ShapingRules;
  /** Rates that all it sends and receives share. */
  access?: AccessPlan;
  /** Ansible roles in the order they run. */
  roles: RolePlan[];
}

/**
 * Keyed by peer tier, so that the number of rules does not grow with the number of machines, or by the name of a machine
 * whose links differ from its tier's ("endpoint-3").
 */
export type ShapingRules = Record<string, ShapingRule>;

export interface ShapingRule extends Omit<LinkShape, "queueMs" | "queuePackets" | "trace"> {
  /** Addresses that the packets go to. */
  cidr: string;
  /** Length of netem's queue in packets: what is under way, and what waits before the rate. */
  limitPackets: number;
  /** Where a queue is asked for, its length is of single packets, not of the 64 kB that a kernel may hand over as one. */
  countsPackets?: true;
  /** What the rule does instead while a run replays it. */
  trace?: TracePlan;
}

/** A trace, byte for byte as the machines get it. */
export interface TracePlan extends TraceSource {
  /**
   * A line for each step: ms since the start, latency (ms), jitter (ms), rate (10^6 bit/s), loss (%) and the queue's length in
   * packets; "-": as the rule has it.
   */
  steps: string;
}

export interface ShapingPlan {
  rules: ShapingRules;
  access?: AccessPlan;
}

export interface AccessPlan extends AccessRates {
  /** Address ranges of the traffic that counts: all other machines. */
  peers: string[];
}

/** What packets down the tiers undergo, and those that go up where that differs. */
export interface LinkPlan extends PlannedShape {
  /** "cloud-edge": the tiers in tier order. */
  name: string;
  from: TierName;
  to: TierName;
  up?: PlannedShape;
}

/** What a machine receives from a tier undergoes, and what it sends to it where that differs. */
export interface MachineLinkPlan extends PlannedShape {
  machine: string;
  tier: TierName;
  sent?: PlannedShape;
}

export interface SoftwarePlan {
  kind: KindName;
  /** Names of the machines it runs on. */
  machines: string[];
}
