import * as pulumi from "@pulumi/pulumi";

/** What a machine does to the packets that it sends to one tier. */
export interface ShapingRule {
  /** Addresses of the tier, for example "10.83.64.0/18". */
  cidr: string;
  /** Added delay, one way, in ms. */
  latencyMs: number;
  /** Standard deviation of the delay (normal distribution), in ms. Packets keep their order. */
  jitterMs: number;
  /** Throughput in 10^6 bit/s. Default: unlimited. */
  rateMbit?: number;
  /** Share of packets lost at random, 0 to 100. */
  lossPercent: number;
  /** Length of the queue in packets; what is over it is dropped. */
  limitPackets: number;
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
  /** By the tier that packets go to: cloud, edge, endpoint. To a tier without a rule packets go unchanged. */
  rules: pulumi.Input<{ cloud?: ShapingRule; edge?: ShapingRule; endpoint?: ShapingRule }>;
  /** Identity of the machine: when it changes, the rules are applied to the new machine. */
  domainId?: pulumi.Input<string>;
}

/** Shapes what a machine sends, by the tier that it sends to: htb and netem in the machine, kept over its reboots. */
export class Shaping extends pulumi.CustomResource {
  declare readonly stack: pulumi.Output<string>;
  declare readonly machine: pulumi.Output<string>;
  declare readonly address: pulumi.Output<string>;
  declare readonly rules: pulumi.Output<{ cloud?: ShapingRule; edge?: ShapingRule; endpoint?: ShapingRule }>;

  constructor(name: string, args: ShapingArgs, opts?: pulumi.CustomResourceOptions) {
    super("strata:net:Shaping", name, { ...args }, opts);
  }
}
