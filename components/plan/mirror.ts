import type { NetworkPlan } from "./types.ts";

/** The port that registries listen on by custom. */
export const mirrorPort = 5000;

/** Where a testbed's machines find images (as a registry) and files (below /files/): on its host, on its bridge alone. */
export function mirrorUrl({ hostAddress }: Pick<NetworkPlan, "hostAddress">): string {
  return `http://${hostAddress}:${mirrorPort}`;
}
