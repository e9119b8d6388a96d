import { z } from "zod";
import { benchmarkArgsSchema, type BenchmarkDraft, type BenchmarkSpec } from "./benchmark.ts";
import { leaseSchema } from "./lease.ts";
import { linksSchema } from "./links.ts";
import type { LinksSpec } from "./link.ts";
import { machinesSchema, type MachinesSpec } from "./machines.ts";
import { providerSchema, usualProvider, type ProviderSpec } from "./provider.ts";
import { softwareSchema, type SoftwareSpec } from "./software.ts";
import { tiersSchema, type TierName, type TierSpec } from "./tier.ts";

/** A whole experiment as a file or a TypeScript program writes it. Only `tiers` is needed. */
export const testbedArgsSchema = z.strictObject({
  provider: providerSchema.prefault(usualProvider),
  tiers: tiersSchema,
  machines: machinesSchema.prefault({}),
  links: linksSchema.prefault({}),
  software: softwareSchema.prefault([]),
  benchmark: benchmarkArgsSchema.optional(),
  lease: leaseSchema.optional(),
});

export const sections = ["provider", "tiers", "machines", "links", "software", "benchmark", "lease"] as const;
export type Section = (typeof sections)[number];

/** What `new Testbed(name, args)` takes; the same shape as the YAML file. */
export type TestbedArgs = z.input<typeof testbedArgsSchema>;

/** A spec of which all fields are read, but the rules between them are not checked yet. */
export interface TestbedDraft {
  provider: ProviderSpec;
  tiers: Partial<Record<TierName, TierSpec>>;
  machines: MachinesSpec;
  links: LinksSpec;
  software: SoftwareSpec[];
  benchmark?: BenchmarkDraft;
  /** Seconds; 0 for none. */
  lease?: number;
}

/** A checked experiment: units resolved, defaults filled in, presets applied. */
export interface TestbedSpec extends Omit<TestbedDraft, "benchmark"> {
  benchmark?: BenchmarkSpec;
}
