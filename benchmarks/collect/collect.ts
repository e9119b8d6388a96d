import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readPublisherSamples, readWorkerSamples } from "../metrics/samples.ts";
import type { PublisherSample, WorkerSample } from "../metrics/samples.ts";
import type { RemoteRole } from "../run/role.ts";
import type { RoleResult } from "../workloads/image-classification/shared/protocol.ts";

export interface Collected<Sample> {
  /** The machine's name, or the pod's. */
  name: string;
  samples: Sample[];
  result?: RoleResult;
  /** Why there are no samples. */
  problem?: string;
}

/**
 * Fetches a role's samples and result, and keeps them as they are under `directory`: NAME.ROLE.csv and
 * NAME.ROLE.result.json. Never throws: what can be had of a run that failed is kept.
 */
async function collect<Sample>(
  role: RemoteRole,
  directory: string,
  read: (text: string) => Sample[],
): Promise<Collected<Sample>> {
  const { name } = role;
  try {
    const [text, result] = await Promise.all([role.samples(), role.result()]);
    mkdirSync(directory, { recursive: true });
    const file = join(directory, `${name}.${role.role}`);
    if (text !== undefined) writeFileSync(`${file}.csv`, text);
    if (result) writeFileSync(`${file}.result.json`, `${JSON.stringify(result, null, 2)}\n`);
    return { name, samples: text === undefined ? [] : read(text), result };
  } catch (error) {
    return { name, samples: [], problem: error instanceof Error ? error.message : String(error) };
  }
}

export const collectPublisher = (role: RemoteRole, directory: string): Promise<Collected<PublisherSample>> =>
  collect(role, directory, readPublisherSamples);

export const collectWorker = (role: RemoteRole, directory: string): Promise<Collected<WorkerSample>> =>
  collect(role, directory, readWorkerSamples);
