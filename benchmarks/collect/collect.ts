import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readPublisherSamples, readWorkerSamples } from "../metrics/samples.ts";
import type { PublisherSample, ReadSamples, WorkerSample } from "../metrics/samples.ts";
import { notWritten } from "../report/write.ts";
import { messageOf } from "../../providers/kit/plain/errors.ts";
import type { RemoteRole } from "../run/role.ts";
import type { RoleResult } from "../workloads/image-classification/shared/protocol.ts";

export interface Collected<Sample> {
  /** The machine's name, or the pod's. */
  name: string;
  samples: Sample[];
  result?: RoleResult;
  /** Why samples are missing, here or on this host's disk. */
  problem?: string;
}

/**
 * Fetches a role's samples and result, and keeps them as they are under `directory`: NAME.ROLE.csv and
 * NAME.ROLE.result.json. Never throws: what can be had of a run that failed is kept, and what could not be written is
 * still there to be judged.
 */
async function collect<Sample>(
  role: RemoteRole,
  directory: string,
  photos: number,
  read: (text: string) => ReadSamples<Sample>,
): Promise<Collected<Sample>> {
  const { name, role: part } = role;
  const [fetched, resulted] = await Promise.allSettled([role.samples(photos), role.result()]);
  const text = fetched.status === "fulfilled" ? fetched.value : undefined;
  const result = resulted.status === "fulfilled" ? resulted.value : undefined;
  const lost = [fetched, resulted].flatMap((one) => (one.status === "rejected" ? [messageOf(one.reason)] : []));
  const { samples, problem } = text === undefined ? { samples: [] } : read(text);
  const file = join(directory, `${name}.${part}`);
  const kept = [
    text === undefined ? undefined : keep(`${file}.csv`, text),
    result && keep(`${file}.result.json`, `${JSON.stringify(result, null, 2)}\n`),
  ];
  const damage = problem === undefined ? undefined : `${name}: ${part}.csv is damaged: ${problem}`;
  return { name, samples, result, problem: [...lost, damage, ...kept].find((one) => one !== undefined) };
}

/** @returns why it could not be written. */
function keep(file: string, text: string): string | undefined {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return undefined;
  } catch (error) {
    return notWritten(file, error);
  }
}

/** @param photos that it was to send at most. */
export const collectPublisher = (
  role: RemoteRole,
  directory: string,
  photos: number,
): Promise<Collected<PublisherSample>> => collect(role, directory, photos, readPublisherSamples);

/** @param photos that it was to classify at most. */
export const collectWorker = (role: RemoteRole, directory: string, photos: number): Promise<Collected<WorkerSample>> =>
  collect(role, directory, photos, readWorkerSamples);
