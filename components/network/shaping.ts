import type * as pulumi from "@pulumi/pulumi";
import { Shaping } from "@strata/resources";
import type { MachinePlan } from "../plan/types.ts";

/** Of what rules become in a machine (providers/strata/net/batch.ts): a higher one brings the rules of older stacks up to date. */
const scheme = 2;

/**
 * Shapes what a machine sends to each tier, and what it may send and receive in all, in the machine itself. Undefined where
 * nothing is to be shaped; when the rules go and the machine stays, the resource that goes removes them.
 */
export function shapeMachine(
  stack: string,
  machine: MachinePlan,
  { id: machineId, device }: { id: pulumi.Output<string>; device: string },
  opts: pulumi.CustomResourceOptions,
): Shaping | undefined {
  if (Object.keys(machine.shaping).length === 0 && machine.access === undefined) return undefined;
  return new Shaping(
    `${machine.name}-shaping`,
    {
      stack,
      machine: machine.name,
      address: machine.address,
      device,
      scheme,
      machineId,
      rules: machine.shaping,
      ...(machine.access === undefined ? {} : { access: machine.access }),
    },
    opts,
  );
}
