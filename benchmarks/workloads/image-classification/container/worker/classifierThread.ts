import { parentPort, workerData } from "node:worker_threads";
import { InferenceSession, Tensor } from "onnxruntime-node";
import sharp from "sharp";
import { clockFrom } from "../../../container/clock.ts";
import { packageVersion } from "../../../container/role.ts";
import { packages } from "../protocol.ts";
import type { Classification, ClassifierThreadData, FromThread } from "./classifier.ts";
import { readModel } from "./model.ts";
import { preprocess } from "./preprocess.ts";

const data = workerData as ClassifierThreadData;
const clock = clockFrom(data.clockOffsetMs, 0);
const { description, file, labels } = readModel(data.modelDirectory);
const session = await InferenceSession.create(file, {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: "sequential",
});
const shape =
  description.layout === "nchw"
    ? [1, 3, description.size, description.size]
    : [1, description.size, description.size, 3];

async function infer(input: Float32Array): Promise<{ index: number; label: string }> {
  const outputs = await session.run({ [description.input]: new Tensor("float32", input, shape) });
  const scores = outputs[description.output]?.data as Float32Array | undefined;
  if (scores === undefined) throw new Error(`${file} has no output "${description.output}"; see model.json beside it`);
  const index = scores.indexOf(Math.max(...scores));
  return { index, label: labels[index] ?? `class ${index}` };
}

async function classify(photo: Uint8Array): Promise<Classification> {
  const startedMs = clock.now();
  let input: Float32Array;
  try {
    input = await preprocess(photo, description);
  } catch (error) {
    const now = clock.now();
    const reason = error instanceof Error ? error.message : String(error);
    return { label: `cannot read the photo: ${reason}`, index: -1, startedMs, decodedMs: now, inferredMs: now };
  }
  const decodedMs = clock.now();
  const { index, label } = await infer(input);
  return { label, index, startedMs, decodedMs, inferredMs: clock.now() };
}

const port = parentPort;
if (port === null) throw new Error("classifierThread.ts runs in a thread of the worker only");
const send = (message: FromThread): void => {
  port.postMessage(message);
};
// The first inference allocates and is several times slower; the first photo shall not pay for that.
await infer(new Float32Array(3 * description.size * description.size));
port.on("message", (photo: Uint8Array) => {
  void classify(photo).then((classification) => {
    send({ kind: "classified", classification });
  });
});
send({
  kind: "ready",
  model: description.name,
  versions: {
    "onnxruntime-node": packageVersion("onnxruntime-node", packages),
    sharp: sharp.versions.sharp,
    libvips: sharp.versions.vips,
  },
});
