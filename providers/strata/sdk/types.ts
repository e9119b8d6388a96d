// Generated from the plugin's own definitions (npm run schema).

import type * as pulumi from "@pulumi/pulumi";

/** The machine that a cluster's control plane runs on. */
export interface ControlPlane {
  /** Name of the machine, for messages. */
  machine: pulumi.Input<string>;
  /** IPv4 address of the machine; the API is at its port 6443. */
  address: pulumi.Input<string>;
}

/** Rates that all links of a machine share. */
export interface AccessRates {
  /** What it sends, in 10^6 bit/s. Default: unlimited. */
  upMbit?: pulumi.Input<number | undefined>;
  /** What it receives, in 10^6 bit/s. Default: unlimited. */
  downMbit?: pulumi.Input<number | undefined>;
  /** Address ranges of the machines whose traffic counts. */
  peers: pulumi.Input<pulumi.Input<string>[]>;
}

/** Losses in bursts, by the models of Gilbert and Elliott; shares in percent. */
export interface GilbertElliott {
  /** Chance, with each packet, that losses begin. */
  goodToBadPercent: pulumi.Input<number>;
  /** Chance, with each packet, that they end. */
  badToGoodPercent: pulumi.Input<number>;
  /** Share of packets lost while they last. */
  lossInBadPercent: pulumi.Input<number>;
  /** Share of packets lost otherwise. */
  lossInGoodPercent: pulumi.Input<number>;
}

/** How a delay spreads. */
export type JitterDistribution = "pareto" | "uniform";

/** What a machine does to the packets that it sends to one tier or machine. */
export interface ShapingRule {
  /** Addresses of the tier, for example "10.83.64.0/18". */
  cidr: pulumi.Input<string>;
  /** Added delay, one way, in ms. */
  latencyMs: pulumi.Input<number>;
  /** Standard deviation of the delay, in ms. Packets keep their order. */
  jitterMs: pulumi.Input<number>;
  /** How the delay spreads, "pareto" or "uniform". Default: normal. */
  jitterDistribution?: pulumi.Input<JitterDistribution | undefined>;
  /** netem's correlation of a delay with the one before, in percent. Default: 0. */
  jitterCorrelationPercent?: pulumi.Input<number | undefined>;
  /** Throughput in 10^6 bit/s. Default: unlimited. */
  rateMbit?: pulumi.Input<number | undefined>;
  /** Share of packets lost, 0 to 100; at random, unless gilbertElliott says how. */
  lossPercent: pulumi.Input<number>;
  /** Losses in bursts, as many as lossPercent says. */
  gilbertElliott?: pulumi.Input<GilbertElliott | undefined>;
  /** Share of packets that arrive twice, 0 to 100. Default: 0. */
  duplicatePercent?: pulumi.Input<number | undefined>;
  /** Share of packets with a flipped bit, 0 to 100. Default: 0. */
  corruptPercent?: pulumi.Input<number | undefined>;
  /** Share of packets that overtake those before them, 0 to 100. Default: 0. */
  reorderPercent?: pulumi.Input<number | undefined>;
  /** Length of the queue in packets; what is over it is dropped. */
  limitPackets: pulumi.Input<number>;
  /** The length is of single packets: the machine's segmentation offload is off. */
  countsPackets?: pulumi.Input<true | undefined>;
  /** Values that change with time while a benchmark's run replays them. */
  trace?: pulumi.Input<ShapingTrace | undefined>;
}

/** Values that change with time. The machine holds them; they are in force while a benchmark's run replays them. */
export interface ShapingTrace {
  /** Where they come from. */
  file: pulumi.Input<string>;
  /** SHA-256 of that file. */
  sha256: pulumi.Input<string>;
  /** Whether they begin anew after lengthMs. */
  loop: pulumi.Input<boolean>;
  /** Length in ms. */
  lengthMs: pulumi.Input<number>;
  /**
   * A line for each step: ms since the start, latency, jitter, rate and loss in the rule's units ("-": the rule's),
   * queue in packets.
   */
  steps: pulumi.Input<string>;
}
