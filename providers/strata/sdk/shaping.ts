import * as pulumi from "@pulumi/pulumi";

/** Losses in bursts, by the models of Gilbert and Elliott; shares in percent. */
export interface GilbertElliott {
  /** Chance, with each packet, that losses begin, and that they end. */
  goodToBadPercent: number;
  badToGoodPercent: number;
  /** Share of packets lost while they last, and otherwise. */
  lossInBadPercent: number;
  lossInGoodPercent: number;
}

/** Values that change with time. The machine holds them; they are in force while a benchmark's run plays them. */
export interface ShapingTrace {
  /** Where they come from, and the SHA-256 of that file. */
  file: string;
  sha256: string;
  /** Whether they begin anew after `lengthMs`. */
  loop: boolean;
  lengthMs: number;
  /** A line for each step: ms since the start, latency, jitter, rate, loss in the rule's units ("-": the rule's), queue. */
  steps: string;
}

/** What a machine does to the packets that it sends to one tier or machine. */
export interface ShapingRule {
  /** Addresses of the tier, for example "10.83.64.0/18". */
  cidr: string;
  /** Added delay, one way, in ms. */
  latencyMs: number;
  /** Standard deviation of the delay, in ms. Packets keep their order. */
  jitterMs: number;
  /** How the delay spreads. Default: normal. */
  jitterDistribution?: "pareto" | "uniform";
  /** netem's correlation of a delay with the one before, in percent. Default: 0. */
  jitterCorrelationPercent?: number;
  /** Throughput in 10^6 bit/s. Default: unlimited. */
  rateMbit?: number;
  /** Share of packets lost, 0 to 100; at random, unless `gilbertElliott` says how. */
  lossPercent: number;
  gilbertElliott?: GilbertElliott;
  /** Shares of packets that arrive twice, with a flipped bit, or before others. Default: 0. */
  duplicatePercent?: number;
  corruptPercent?: number;
  reorderPercent?: number;
  /** Length of the queue in packets; what is over it is dropped. */
  limitPackets: number;
  trace?: ShapingTrace;
}

/** Rates that all links of a machine share. */
export interface AccessRates {
  /** What it sends and receives, in 10^6 bit/s. Default: unlimited. */
  upMbit?: number;
  downMbit?: number;
  /** Address ranges of the machines whose traffic counts. */
  peers: string[];
}

export interface ShapingArgs {
  /** Stack whose credentials are used. */
  stack: pulumi.Input<string>;
  /** Name of the machine, for messages. */
  machine: pulumi.Input<string>;
  /** IPv4 address of the machine. */
  address: pulumi.Input<string>;
  /** Network device in the machine. Default: eth0. */
  device?: pulumi.Input<string>;
  /**
   * By the tier that packets go to (cloud, edge, endpoint), or a machine with a rule of its own (endpoint-3). Where there
   * is no rule, packets go unchanged.
   */
  rules: pulumi.Input<Record<string, ShapingRule>>;
  access?: pulumi.Input<AccessRates>;
  /** Identity of the machine: when it changes, the rules are applied to the new machine. */
  domainId?: pulumi.Input<string>;
}

/** Shapes what a machine sends, by whom it sends to, and what it sends and receives in all: htb and netem in the machine, kept over its reboots. */
export class Shaping extends pulumi.CustomResource {
  declare readonly stack: pulumi.Output<string>;
  declare readonly machine: pulumi.Output<string>;
  declare readonly address: pulumi.Output<string>;
  declare readonly rules: pulumi.Output<Record<string, ShapingRule>>;
  declare readonly access: pulumi.Output<AccessRates | undefined>;

  constructor(name: string, args: ShapingArgs, opts?: pulumi.CustomResourceOptions) {
    super("strata:net:Shaping", name, { ...args }, opts);
  }
}
