import type { TierName } from "../../experiment/tier.ts";
import type { SoftwareSpec } from "../index.ts";

/** Port that IANA registers for MQTT. */
export const mqttPort = 1883;

/** Tiers whose machines run an MQTT broker, in the order of the list. */
export function brokerTiers(software: readonly SoftwareSpec[]): TierName[] {
  return software.flatMap((entry) => (entry.kind === "mqtt" ? [entry.on] : []));
}
