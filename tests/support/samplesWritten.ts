import type { Finished } from "./strata.ts";
import { until } from "./until.ts";

const limitMs = 10 * 60_000;

interface Writing {
  /** Of the part that writes: "publisher". */
  role: string;
  /** A folder a pod, in the run's. */
  inPods?: boolean;
  /** Runs a shell command on the part's machine. @returns what it printed. */
  onMachine: (command: string) => Promise<string>;
}

/**
 * Waits until a part of a benchmark that was just started has recorded that many samples.
 * @throws Error with what the run printed when it ends before.
 */
export async function samplesWritten(
  samples: number,
  run: Promise<Finished>,
  { role, inPods = false, onMachine }: Writing,
): Promise<void> {
  let ended: Finished | undefined;
  void run.then((finished) => (ended = finished));
  // Each file's first line is its header; the runner takes away the files of a run that went well.
  const files = `/var/lib/strata/runs/*/${inPods ? "*/" : ""}${role}.csv`;
  const written = async () => Number(await onMachine(`tail -q -n +2 ${files} 2>/dev/null | wc -l`));
  const earlier = await written();
  const enough = async () => ended !== undefined || (await written()) >= earlier + samples;
  await until(`the ${role} to record ${samples} samples`, limitMs, enough);
  if (ended !== undefined) throw new Error(`the run has ended:\n${ended.all}`);
}
