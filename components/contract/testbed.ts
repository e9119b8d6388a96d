import { z } from "zod";
import { deployedKindOf, isDeployed, kindNames, type DeployedKindName, type OutputsSchemaOf } from "../kinds/index.ts";
import { shapeFields, shapeSchema, type PlannedShape } from "../experiment/linkShape.ts";
import { tierNames } from "../experiment/tier.ts";
import type { BenchmarkBase } from "../experiment/workload.ts";

/** Version of the outputs' shape. A reader accepts its own major version only. */
export const contractVersion = "strata/testbed@1";

const machineSchema = z.strictObject({
  name: z.string(),
  tier: z.enum(tierNames),
  index: z.int().nonnegative(),
  address: z.ipv4(),
  cpus: z.number(),
  memoryMiB: z.number(),
  quota: z.number().optional(),
  /** Name of the host that it runs on, where there are several. */
  host: z.string().optional(),
});

const linkSchema = z.strictObject({
  name: z.string(),
  from: z.enum(tierNames),
  to: z.enum(tierNames),
  /** From `from` to `to`; the other way too, unless `up` says otherwise. */
  ...shapeFields,
  up: shapeSchema.optional(),
});

/** A machine's link with a tier, where it is not that of its tier. */
const machineLinkSchema = z.strictObject({
  machine: z.string(),
  tier: z.enum(tierNames),
  /** To the machine; from it too, unless `sent` says otherwise. */
  ...shapeFields,
  sent: shapeSchema.optional(),
});

/** In 10^6 bit/s. */
const accessSchema = z.strictObject({ upMbit: z.number().optional(), downMbit: z.number().optional() });

const toleranceSchema = z.strictObject({
  latencyMs: z.number(),
  latencyPercent: z.number(),
  jitterMs: z.number(),
  jitterPercent: z.number(),
  ratePercent: z.number(),
});

/** What each kind of software that has resources of its own says of them, where it is in the testbed. */
const kindShape = Object.fromEntries(
  kindNames.filter(isDeployed).map((name) => [name, deployedKindOf(name).outputs.schema.optional()]),
) as { [Name in DeployedKindName]: z.ZodOptional<OutputsSchemaOf<Name>> };

/**
 * The stack output `testbed`: all that a benchmark or a person needs to use a testbed. It holds no secret, time or path.
 *
 * @param benchmark the schema of the benchmarks that there are: the contract itself knows what all have.
 */
export const testbedSchema = (benchmark: z.ZodType<BenchmarkBase>) =>
  z.strictObject({
    contract: z.literal(contractVersion),
    name: z.string(),
    provider: z.strictObject({
      kind: z.string(),
      /** Which of its hosts the machines are on, in the kind's own word: "embedded". */
      host: z.string().optional(),
      /** kvm: hardware acceleration; tcg: QEMU's emulation, about ten times slower. Absent: the kind does not decide it. */
      accelerator: z.enum(["kvm", "tcg"]).optional(),
      /** ssh: this host reaches the machines by ssh alone. Absent: it is in their network (`reachOf` knows older stacks). */
      reach: z.literal("ssh").optional(),
    }),
    network: z.strictObject({
      cidr: z.string(),
      hostAddress: z.string(),
      /** Each host's own address in the machines' network, by its name; where there are several. */
      hostAddresses: z.record(z.string(), z.ipv4()).optional(),
    }),
    machines: z.array(machineSchema),
    links: z.array(linkSchema),
    machineLinks: z.array(machineLinkSchema).optional(),
    /** Rates that all links of a machine share, by tier or by the machine's name. */
    access: z.record(z.string(), accessSchema).optional(),
    /** How far measured links may be from the wanted ones. Absent: as usual. */
    tolerance: toleranceSchema.optional(),
    software: z.array(z.strictObject({ kind: z.string(), machines: z.array(z.string()) })),
    ...kindShape,
    benchmark: benchmark.optional(),
    /** Content key of the machine image, as in the image store. */
    image: z.string(),
    /** What machines started from, where they could: a prepared machine or their own boot. Absent: of an older version, cold. */
    boot: z.enum(["prepared", "cold"]).optional(),
    ssh: z.strictObject({
      user: z.string(),
      /** Network namespace from which the machines are reached (embedded host only). */
      namespace: z.string().optional(),
    }),
  });

/** What kinds of software say of themselves. */
export type KindOutputs = Pick<TestbedOutputs, DeployedKindName>;
export type TestbedOutputs = z.infer<ReturnType<typeof testbedSchema>>;
export type MachineOutputs = TestbedOutputs["machines"][number];
export type LinkOutputs = TestbedOutputs["links"][number];
export type ShapeOutputs = PlannedShape;
