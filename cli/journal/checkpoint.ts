import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import { writeWhole } from "../../local/writeWhole.ts";
import { deploymentSchema, type Deployment, type Resource } from "./entry.ts";
import type { Header } from "./journalFile.ts";
import type { Replayed } from "./replay.ts";

/** What the engine's file backend writes of a stack. */
const checkpointSchema = z.object({
  version: z.number(),
  features: z.array(z.string()).nullish(),
  checkpoint: z.looseObject({ stack: z.string().optional(), latest: deploymentSchema.nullish() }),
});

export interface Checkpoint {
  /** Of the format. */
  version: number;
  features: string[];
  deployment: Deployment;
  /** The file as it stands. */
  text: string;
}

/** @returns undefined where there is no such file. @throws where it is damaged. */
export function readCheckpoint(file: string): Checkpoint | undefined {
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, "utf8");
  const { version, features, checkpoint } = checkpointSchema.parse(JSON.parse(text));
  return { version, features: features ?? [], deployment: checkpoint.latest ?? {}, text };
}

/** What an older engine could not read, by the resources that have it (the engine's ApplyFeatures). */
const featuresOf: readonly [string, (resource: Resource) => unknown][] = [
  ["refreshBeforeUpdate", ({ refreshBeforeUpdate }) => refreshBeforeUpdate],
  ["views", ({ viewOf }) => viewOf],
  ["hooks", ({ resourceHooks }) => Object.keys((resourceHooks as object | undefined) ?? {}).length > 0],
  ["taint", ({ taint }) => taint],
  ["replaceWith", ({ replaceWith }) => (replaceWith ?? []).length > 0],
  ["extensionParameterization", ({ extensionRef }) => extensionRef],
  ["snippets-prototype", ({ snippetID }) => snippetID],
];

/** The formats' versions, without and with features. */
const [plain, featured] = [3, 4];

/**
 * A state as the engine's file backend writes it. The same journal always makes the same text.
 *
 * @param by the engine that wrote the journal, and when.
 */
export function checkpointText(stack: string, { deployment, byteString }: Replayed, by: Header): string {
  const pending = (deployment.pending_operations ?? []).map(({ resource }) => resource);
  const all = [...(deployment.resources ?? []), ...pending];
  const features = featuresOf.filter(([, has]) => all.some((resource) => has(resource))).map(([name]) => name);
  if (byteString) features.push("byteString");
  const version = `v${by.engine}`;
  const magic = createHash("sha256").update(version).digest("hex");
  return JSON.stringify({
    version: features.length > 0 ? featured : plain,
    ...(features.length > 0 ? { features: features.sort() } : {}),
    checkpoint: {
      stack: `organization/strata/${stack}`,
      latest: { ...deployment, manifest: { time: by.began, magic, version } },
    },
  });
}

/** Keeps what stood there as the backup that the engine would have made. */
export function writeCheckpoint(file: string, text: string): void {
  if (existsSync(file)) writeWhole(`${file}.bak`, readFileSync(file), 0o600);
  writeWhole(file, text, 0o600);
}
