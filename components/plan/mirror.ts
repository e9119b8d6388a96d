import type { ProviderSpec } from "../spec/provider.ts";
import type { NetworkPlan } from "./types.ts";

/** The port that registries listen on by custom. */
export const mirrorPort = 5000;

/**
 * Where a testbed's machines find images (as a registry) and files (below /files/): on its host, on its bridge alone. On hosts
 * that ssh reaches, each machine finds it on its own loop-back interface, to where it is tunnelled.
 */
export function mirrorUrl({ hosts }: Pick<ProviderSpec, "hosts">, { hostAddress }: NetworkPlan): string {
  return `http://${hosts === undefined ? hostAddress : "127.0.0.1"}:${mirrorPort}`;
}
