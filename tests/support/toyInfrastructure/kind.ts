// A kind of infrastructure as CONTRIBUTING.md tells to add one; a test copies it to components/toy.
import { z } from "zod";
import type { InfrastructureKind } from "../../../components/experiment/infrastructure.ts";
import { networkSchema } from "../../../components/experiment/network.ts";

const toySchema = z.strictObject({
  kind: z.literal("toy").meta({ description: "Machines that are only told of." }),
  colour: z.string().prefault("red"),
  network: networkSchema.optional(),
});

export type ToySpec = z.output<typeof toySchema>;

export const toy = {
  schema: toySchema,
  rules: ({ colour }) => [
    {
      path: ["provider", "colour"],
      needs: ["provider"],
      when: () => colour === "invisible",
      reason: () => "nobody sees such machines",
      fix: "choose another colour",
    },
  ],
  capabilities: () => ({
    reach: "ssh",
    artifacts: "tunnel",
    device: "ens4",
    user: "toy",
    builtImage: false,
    prepares: false,
  }),
  resources: ["toy:"],
  load: () => import("./infrastructure.ts"),
} satisfies InfrastructureKind<ToySpec>;
