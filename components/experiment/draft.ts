import type { CommonProviderSpec } from "./infrastructure.ts";
import type { LinksSpec } from "./link.ts";
import type { Prepared } from "./prepared.ts";
import type { MachinesSpec } from "./machines.ts";
import type { TierName, TierSpec } from "./tier.ts";
import type { DraftBase } from "./workload.ts";

export const sections = [
  "provider",
  "tiers",
  "machines",
  "links",
  "software",
  "benchmark",
  "lease",
  "prepared",
] as const;
export type Section = (typeof sections)[number];

/** An entry of the list of software, of whatever kind. */
export interface SoftwareEntry {
  kind: string;
}

/**
 * An experiment of which all fields are read, but the rules between them are not checked yet: as far as every kind and
 * workload knows it, whatever others there are.
 */
export interface ExperimentDraft {
  provider: CommonProviderSpec;
  tiers: Partial<Record<TierName, TierSpec>>;
  machines: MachinesSpec;
  links: LinksSpec;
  software: readonly SoftwareEntry[];
  benchmark?: DraftBase;
  /** Seconds; 0 for none. */
  lease?: number;
  prepared?: Prepared;
}
