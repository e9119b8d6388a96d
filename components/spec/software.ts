import { z } from "zod";
import { kubernetesSchema, type KubernetesSpec } from "./kubernetes.ts";
import { tierNames, type TierName } from "./tier.ts";

const mqttSchema = z.strictObject({
  kind: z.literal("mqtt").meta({ description: "An MQTT 5 broker (Mosquitto) with a password of the stack's own." }),
  on: z.enum(tierNames).meta({ description: "Tier whose machines run the broker.", examples: ["edge"] }),
});

/** The kinds of software there are: one schema each. A new kind is a line here and a case in components/plan/roles. */
const softwareKinds = [mqttSchema, kubernetesSchema] as const;

export const softwareSchema = z.array(z.discriminatedUnion("kind", softwareKinds)).meta({
  description: "Software on the machines, in the order it is installed.",
  examples: [[{ kind: "mqtt", on: "edge" }]],
});

export type SoftwareSpec = z.output<typeof softwareSchema>[number];
export type SoftwareKind = SoftwareSpec["kind"];

/** Tiers whose machines run an MQTT broker, in the order of the list. */
export function brokerTiers(software: readonly SoftwareSpec[]): TierName[] {
  return software.flatMap((entry) => (entry.kind === "mqtt" ? [entry.on] : []));
}

/** The testbed's cluster; there is at most one. */
export function kubernetesIn(software: readonly SoftwareSpec[]): KubernetesSpec | undefined {
  return software.find((entry) => entry.kind === "kubernetes");
}
