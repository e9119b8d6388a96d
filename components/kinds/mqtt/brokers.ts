import type { TierName } from "../../experiment/tier.ts";
import type { SoftwareEntry } from "../../experiment/draft.ts";

/** Port that IANA registers for MQTT. */
export const mqttPort = 1883;

/** Tiers whose machines run an MQTT broker, in the order of the list. */
export function brokerTiers(software: readonly SoftwareEntry[]): TierName[] {
  return software.filter(isBroker).map(({ on }) => on);
}

/** An entry of this kind is as its own schema gave it. */
function isBroker(entry: SoftwareEntry): entry is SoftwareEntry & { on: TierName } {
  return entry.kind === "mqtt";
}
