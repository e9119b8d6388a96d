import { capabilitiesOf, type ProviderSpec } from "../../experiment/whole/provider.ts";
import type { NetworkPlan } from "../types.ts";

/** The port that registries listen on by custom. */
export const mirrorPort = 5000;

/**
 * Where a testbed's machines find images (as a registry) and files (below /files/): at this
 * host's address in their network, or each on its own loop-back interface, to where it is tunnelled.
 */
export function mirrorUrl(provider: ProviderSpec, { hostAddress }: NetworkPlan): string {
  const { artifacts } = capabilitiesOf(provider);
  return `http://${artifacts === "network" ? hostAddress : "127.0.0.1"}:${mirrorPort}`;
}
