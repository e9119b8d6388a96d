import { z } from "zod";
import { benchmarkArgsSchema, type BenchmarkDraft, type BenchmarkSpec } from "./benchmark.ts";
import { leaseSchema } from "../lease.ts";
import { linksSchema } from "../links.ts";
import { machinesSchema } from "../machines.ts";
import type { ExperimentDraft } from "../draft.ts";
import { preparedSchema } from "../prepared.ts";
import { providerSchema, usualProvider, type ProviderSpec } from "./provider.ts";
import { softwareSchema, type SoftwareSpec } from "./software.ts";
import { tiersSchema } from "../tier.ts";

/** A whole experiment as a file or a TypeScript program writes it. Only `tiers` is needed. */
export const testbedArgsSchema = z.strictObject({
  provider: providerSchema.prefault(usualProvider),
  tiers: tiersSchema,
  machines: machinesSchema.prefault({}),
  links: linksSchema.prefault({}),
  software: softwareSchema.prefault([]),
  benchmark: benchmarkArgsSchema.optional(),
  lease: leaseSchema.optional(),
  prepared: preparedSchema.optional(),
});

/** What `new Testbed(name, args)` takes; the same shape as the YAML file. */
export type TestbedArgs = z.input<typeof testbedArgsSchema>;

/** The same as a draft, with the kinds and workloads that there are. */
export interface TestbedDraft extends ExperimentDraft {
  provider: ProviderSpec;
  software: SoftwareSpec[];
  benchmark?: BenchmarkDraft;
}

/** A checked experiment: units resolved, defaults filled in, presets applied. */
export interface TestbedSpec extends Omit<TestbedDraft, "benchmark"> {
  benchmark?: BenchmarkSpec;
}
