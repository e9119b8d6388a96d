import type { Finished } from "./strata.ts";
import { until } from "./until.ts";

const limitMs = 10 * 60_000;

/**
 * Waits until the publisher of a benchmark that was just started has recorded that many photos.
 *
 * @param onEndpoint runs a shell command on the publisher's machine. @returns what it printed.
 * @throws Error with what the run printed when it ends before.
 */
export async function photosSent(
  photos: number,
  run: Promise<Finished>,
  onEndpoint: (command: string) => Promise<string>,
): Promise<void> {
  let ended: Finished | undefined;
  void run.then((finished) => (ended = finished));
  // Each file's first line is its header; the runner takes away the files of a run that went well.
  const sent = async () =>
    Number(await onEndpoint("tail -q -n +2 /var/lib/strata/runs/*/publisher.csv 2>/dev/null | wc -l"));
  const earlier = await sent();
  const enough = async () => ended !== undefined || (await sent()) >= earlier + photos;
  await until(`the publisher to record ${photos} photos`, limitMs, enough);
  if (ended !== undefined) throw new Error(`the run has ended:\n${ended.all}`);
}
