import { appendFile, mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { stackDirectory } from "./stateDirectory.ts";

/** How long a part of building a testbed took. */
export interface PhaseTime {
  /** "boot", "join", or a software role: "kubernetes_control". */
  phase: string;
  machine: string;
  /** When it began: milliseconds since 1970. */
  startMs: number;
  seconds: number;
}

/** One line of JSON a phase: several processes append to it at a time, and each line is whole. */
export const phasesFile = (stack: string): string => join(stackDirectory(stack), "phases.jsonl");

/** Notes a phase for the stack's reports. Times are no outputs of resources: those would differ from run to run. */
export async function recordPhase(stack: string, time: PhaseTime): Promise<void> {
  const file = phasesFile(stack);
  await mkdir(dirname(file), { recursive: true });
  await appendFile(file, `${JSON.stringify(time)}\n`);
}

/** Runs `work` and notes how long it took; one that fails is not noted. */
export async function timePhase<T>(stack: string, phase: string, machine: string, work: () => Promise<T>): Promise<T> {
  const startMs = Date.now();
  const result = await work();
  await recordPhase(stack, { phase, machine, startMs, seconds: (Date.now() - startMs) / 1000 });
  return result;
}

const phase = z.object({ phase: z.string(), machine: z.string(), startMs: z.number(), seconds: z.number() });

/** All that was noted since the stack was made, in the order it ended. A line that a power cut has spoilt is left out. */
export async function readPhases(stack: string): Promise<PhaseTime[]> {
  try {
    const text = await readFile(phasesFile(stack), "utf8");
    return text.split("\n").flatMap((line) => {
      try {
        return [phase.parse(JSON.parse(line))];
      } catch {
        return [];
      }
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
