import { createHash, randomFillSync } from "node:crypto";
import { parentPort, workerData } from "node:worker_threads";
import { chunkBytes } from "./protocol.ts";

/** What a thread shares with the program: chunks hashed so far, whether it may begin, and whether it shall end. */
export interface ThreadData {
  shared: SharedArrayBuffer;
  /** Its own counter. */
  position: number;
  memoryBytes: number;
}

/** Places in the shared memory; the threads' counters follow. */
export const [begin, end, counters] = [0, 1, 2];

if (parentPort !== null) {
  const { shared, position, memoryBytes } = workerData as ThreadData;
  const cells = new Int32Array(shared);
  // Written, so that all of it is there.
  const memory = randomFillSync(Buffer.alloc(Math.max(chunkBytes, Math.floor(memoryBytes / chunkBytes) * chunkBytes)));
  parentPort.postMessage("ready");
  Atomics.wait(cells, begin, 0);
  for (let at = 0; Atomics.load(cells, end) === 0; at = (at + chunkBytes) % memory.length) {
    createHash("sha256")
      .update(memory.subarray(at, at + chunkBytes))
      .digest();
    Atomics.add(cells, counters + position, 1);
  }
}
