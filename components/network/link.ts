import * as pulumi from "@pulumi/pulumi";
import type { LinkPlan } from "../plan/types.ts";

/**
 * The link between two tiers, as it was asked for. It has no resource of its own: the machines at both ends shape what
 * they send. It is there so that preview shows an edit of a link as one line (`latencyMs: 7.5 => 15`).
 */
export class Link extends pulumi.ComponentResource {
  constructor(plan: LinkPlan, opts: pulumi.ComponentResourceOptions) {
    super("strata:net:Link", plan.name, { ...plan }, opts);
    this.registerOutputs();
  }
}
