import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ReadSamples } from "../metrics/rows.ts";
import { notWritten } from "./write.ts";
import { messageOf } from "../../providers/kit/plain/errors.ts";
import type { RemotePart } from "../parts/remotePart.ts";
import type { PartResult } from "../parts/partFiles.ts";

export interface Collected<Sample = unknown> {
  role: string;
  /** The machine's name, or the pod's. */
  name: string;
  samples: Sample[];
  result?: PartResult;
  /** Why samples are missing, here or on this host's disk. */
  problem?: string;
}

/**
 * Fetches a part's samples and result, and keeps them as they are under `directory`: NAME.ROLE.csv and
 * NAME.ROLE.result.json. Never throws: what can be had of a run that failed is kept, and what could not be written is
 * still there to be judged.
 * @param most lines of samples that it was to write.
 */
export async function collect(
  part: RemotePart,
  directory: string,
  most: number,
  read: (role: string, text: string) => ReadSamples<unknown>,
): Promise<Collected> {
  const { name, role } = part;
  const [fetched, resulted] = await Promise.allSettled([part.samples(most), part.result()]);
  const text = fetched.status === "fulfilled" ? fetched.value : undefined;
  const result = resulted.status === "fulfilled" ? resulted.value : undefined;
  const lost = [fetched, resulted].flatMap((one) => (one.status === "rejected" ? [messageOf(one.reason)] : []));
  const { samples, problem } = text === undefined ? { samples: [] } : read(role, text);
  const file = join(directory, `${name}.${role}`);
  const kept = [
    text === undefined ? undefined : keep(`${file}.csv`, text),
    result && keep(`${file}.result.json`, `${JSON.stringify(result, null, 2)}\n`),
  ];
  const damage = problem === undefined ? undefined : `${name}: ${role}.csv is damaged: ${problem}`;
  return { role, name, samples, result, problem: [...lost, damage, ...kept].find((one) => one !== undefined) };
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
