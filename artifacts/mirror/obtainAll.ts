import { messageOf } from "../../providers/kit/plain/errors.ts";
import { cancelSignal } from "../store/cancel.ts";
import type { Progress } from "../store/progress.ts";
import type { Entry } from "../store/entry.ts";
import type { Item } from "./item.ts";
import { obtain, type Way } from "./obtain.ts";

export type Obtained = { item: Item; entry: Entry } | { item: Item; reason: string };

/**
 * Obtains items several at a time. Who waits for a build of another item's program does not hold a place for long: the
 * build is done once, and its lock shared. One that fails does not keep the others from being obtained.
 */
export async function obtainAll(
  wanted: readonly Item[],
  ways: readonly Way[],
  jobs: number,
  progress: Progress | undefined,
  onDone: (obtained: Obtained) => void = () => undefined,
): Promise<Obtained[]> {
  const queue = [...wanted];
  const all: Obtained[] = [];
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      cancelSignal()?.throwIfAborted();
      const item = next;
      const obtained = await obtain(item, progress, ways).then(
        (entry): Obtained => ({ item, entry }),
        (error: unknown): Obtained => ({ item, reason: messageOf(error) }),
      );
      all.push(obtained);
      onDone(obtained);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  cancelSignal()?.throwIfAborted();
  return all;
}
