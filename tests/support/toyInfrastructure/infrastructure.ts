import * as pulumi from "@pulumi/pulumi";
import type { Place } from "../../../local/place.ts";
import type { MachineProvider } from "../../../components/infrastructure.ts";
import type { Plan } from "../../../components/plan/types.ts";
import type { ToySpec } from "./kind.ts";

class Toy extends pulumi.CustomResource {
  constructor(type: string, name: string, inputs: pulumi.Inputs, opts: pulumi.CustomResourceOptions) {
    super(`toy:index:${type}`, name, inputs, opts);
  }
}

export function open(
  { network: { cidr } }: Plan,
  { colour }: ToySpec,
  place: Place,
  opts: { parent: pulumi.Resource },
): MachineProvider {
  const network = new Toy("Network", "network", { cidr }, opts);
  return {
    network,
    place,
    facts: { image: "wood" },
    machine: ({ name, address, memoryMiB }, { publicKey }, parent) => ({
      machine: new Toy("Machine", name, { address, memoryMiB, colour, publicKey }, { ...parent, dependsOn: network }),
      after: [],
      timeoutSeconds: 60,
      through: "ssh://toy@shop",
    }),
  };
}
