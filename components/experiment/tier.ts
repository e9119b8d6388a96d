import { z } from "zod";
import { quantity } from "./quantity.ts";

/** The three tiers, from the data centre outwards. All that is derived from a spec keeps this order. */
export const tierNames = ["cloud", "edge", "endpoint"] as const;

export type TierName = (typeof tierNames)[number];

/** A tier with its units resolved. */
export interface TierSpec {
  count: number;
  cpus: number;
  memoryMiB: number;
  /** Share of each core's time, 0.1 to 1; absent: all of it. */
  quota?: number;
  diskGiB: number;
  /** Upper bounds, MB/s (10^6 bytes); absent: unlimited. */
  readMBps?: number;
  writeMBps?: number;
  /** Name of the host that its machines run on; absent: any. */
  on?: string;
}

/** One tier as an experiment file writes it. The parameters are Continuum's T_nodes, T_cores, T_memory, T_quota, T_read_speed, T_write_speed. */
export const tierSchema = z
  .strictObject({
    count: z
      .int()
      .min(0)
      .max(16_383)
      .prefault(1)
      .meta({
        description: "Number of machines in this tier; 0 leaves the tier out.",
        examples: [1, 3],
      }),
    cpus: z
      .int()
      .min(1)
      .max(256)
      .prefault(1)
      .meta({ description: "Virtual cores of each machine.", examples: [1, 2] }),
    memory: quantity("memory", {
      description: "Memory of each machine.",
      examples: ["1 GiB", "512 MiB"],
    }).prefault("1 GiB"),
    quota: z
      .number()
      .min(0.1)
      .max(1)
      .optional()
      .meta({
        description: "Share of each core's time, 0.1 to 1: makes the machines slower. Absent: all of it.",
        examples: [0.5],
      }),
    disk: quantity("disk", { description: "Disk of each machine.", examples: ["8 GiB"] }).prefault("8 GiB"),
    readSpeed: quantity("throughput", {
      description: "Upper bound on reading from disk. Absent: unlimited.",
      examples: ["50 MB/s"],
    }).optional(),
    writeSpeed: quantity("throughput", {
      description: "Upper bound on writing to disk. Absent: unlimited.",
      examples: ["50 MB/s"],
    }).optional(),
    on: z
      .string()
      .min(1)
      .optional()
      .meta({
        description:
          "Host that all its machines run on, one of provider.hosts by its name. Absent: where there is room.",
        examples: ["lab1"],
      }),
  })
  .transform(({ count, cpus, memory, quota, disk, readSpeed, writeSpeed, on }): TierSpec => ({
    count,
    cpus,
    memoryMiB: memory,
    ...(quota === undefined ? {} : { quota }),
    diskGiB: disk,
    ...(readSpeed === undefined ? {} : { readMBps: readSpeed }),
    ...(writeSpeed === undefined ? {} : { writeMBps: writeSpeed }),
    ...(on === undefined ? {} : { on }),
  }));

export const tiersSchema = z
  .strictObject({
    cloud: tierSchema.optional().meta({ description: "Machines in the data centre." }),
    edge: tierSchema.optional().meta({ description: "Machines close to the users, for example at a base station." }),
    endpoint: tierSchema.optional().meta({ description: "The users' devices." }),
  })
  .meta({ description: "The machines, by tier. At least one machine in all.", examples: [{ cloud: { count: 1 } }] });
