import { Worker } from "node:worker_threads";

/** Times are ms since 1970. */
export interface Classification {
  label: string;
  /** Class; -1 where the photo could not be read, and `label` says why. */
  index: number;
  startedMs: number;
  decodedMs: number;
  inferredMs: number;
}

export interface Classifier {
  classify(photo: Uint8Array): Promise<Classification>;
  close(): Promise<void>;
}

export interface ClassifierThreadData {
  modelDirectory: string;
  clockOffsetMs: number;
}

export type FromThread =
  | { kind: "ready"; model: string; versions: Record<string, string> }
  | { kind: "classified"; classification: Classification };

/**
 * A classifier in a thread of its own. onnxruntime-node's run() holds its thread for the whole inference; on the main
 * thread that would also hold back the time stamps of the photos that arrive meanwhile. It takes one photo at a time.
 * @throws Error when the model can't be loaded.
 */
export async function startClassifier(
  data: ClassifierThreadData,
): Promise<Classifier & { model: string; versions: Record<string, string> }> {
  const thread = new Worker(new URL("./classifierThread.ts", import.meta.url), { workerData: data });
  let waiting: { resolve: (message: FromThread) => void; reject: (error: Error) => void } | undefined;
  let dead: Error | undefined;
  const die = (error: Error): void => {
    dead ??= error;
    waiting?.reject(dead);
  };
  thread.on("message", (message: FromThread) => {
    waiting?.resolve(message);
  });
  thread.on("error", die);
  thread.on("exit", (code) => {
    die(new Error(`the classifier's thread ended with status ${code}`));
  });
  const next = (): Promise<FromThread> =>
    new Promise((resolve, reject) => {
      if (dead) reject(dead);
      else waiting = { resolve, reject };
    });
  const ready = await next();
  if (ready.kind !== "ready") throw new Error("the classifier's thread spoke out of turn");
  return {
    model: ready.model,
    versions: ready.versions,
    classify: async (photo) => {
      const reply = next();
      // A copy of just these bytes, moved: the photo is a view of a buffer that the MQTT client shares with other packets.
      const bytes = Uint8Array.from(photo);
      thread.postMessage(bytes, [bytes.buffer]);
      const received = await reply;
      if (received.kind !== "classified") throw new Error("the classifier's thread spoke out of turn");
      return received.classification;
    },
    close: async () => {
      thread.removeAllListeners();
      await thread.terminate();
    },
  };
}
