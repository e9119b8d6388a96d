import { z } from "zod";
import { tierNames, type TierName } from "./tier.ts";

const mqttSchema = z.strictObject({
  kind: z.literal("mqtt").meta({ description: "An MQTT 5 broker (Mosquitto) with a password of the stack's own." }),
  on: z.enum(tierNames).meta({ description: "Tier whose machines run the broker.", examples: ["edge"] }),
});

/** The kinds of software there are: one schema each. A new kind is a line here and a file in components/software. */
const softwareKinds = [mqttSchema] as const;

export const softwareSchema = z.array(z.discriminatedUnion("kind", softwareKinds)).meta({
  description: "Software on the machines, in the order it is installed.",
  examples: [[{ kind: "mqtt", on: "edge" }]],
});

export type SoftwareSpec = z.output<typeof softwareSchema>[number];
export type SoftwareKind = SoftwareSpec["kind"];

/** Tiers that a kind of software runs on, in the order of the list. */
export function tiersWith(kind: SoftwareKind, software: readonly { kind: string; on: TierName }[]): TierName[] {
  return software.filter((entry) => entry.kind === kind).map(({ on }) => on);
}
