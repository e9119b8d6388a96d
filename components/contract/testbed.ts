import { z } from "zod";
import { benchmarkSchema } from "../spec/benchmark.ts";
import { tierNames } from "../spec/tier.ts";

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
});

const linkSchema = z.strictObject({
  name: z.string(),
  from: z.enum(tierNames),
  to: z.enum(tierNames),
  /** One way, in ms. */
  latencyMs: z.number(),
  jitterMs: z.number(),
  /** 10^6 bit/s; absent: unlimited. */
  rateMbit: z.number().optional(),
  lossPercent: z.number(),
});

const kubernetesSchema = z.strictObject({
  version: z.string(),
  /** Names of the machine that is the control plane, and of the workers. */
  controlPlane: z.string(),
  workers: z.array(z.string()),
  podCidr: z.string(),
  serviceCidr: z.string(),
  /** Address of the API server, as the machines reach it: "10.83.0.1:6443". */
  server: z.string(),
});

/** The stack output `testbed`: all that a benchmark or a person needs to use a testbed. It holds no secret, time or path. */
export const testbedSchema = z.strictObject({
  contract: z.literal(contractVersion),
  name: z.string(),
  provider: z.strictObject({
    kind: z.literal("libvirt"),
    host: z.enum(["system", "embedded"]),
    /** kvm: hardware acceleration; tcg: QEMU's emulation, about ten times slower. */
    accelerator: z.enum(["kvm", "tcg"]),
  }),
  network: z.strictObject({ cidr: z.string(), hostAddress: z.string() }),
  machines: z.array(machineSchema),
  links: z.array(linkSchema),
  software: z.array(z.strictObject({ kind: z.string(), machines: z.array(z.string()) })),
  /** The Kubernetes cluster, where there is one. */
  kubernetes: kubernetesSchema.optional(),
  benchmark: benchmarkSchema.optional(),
  /** Content key of the machine image, as in the image store. */
  image: z.string(),
  ssh: z.strictObject({
    user: z.string(),
    /** Network namespace from which the machines are reached (embedded host only). */
    namespace: z.string().optional(),
  }),
});

export type TestbedOutputs = z.infer<typeof testbedSchema>;
export type MachineOutputs = TestbedOutputs["machines"][number];
export type LinkOutputs = TestbedOutputs["links"][number];
