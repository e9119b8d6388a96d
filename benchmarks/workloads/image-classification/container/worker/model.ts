import { join } from "node:path";
import { readFields, readJson } from "../../../container/config.ts";

/** model.json beside model.onnx: what the network expects. */
export interface ModelDescription {
  name: string;
  /** Names of the graph's input and output. */
  input: string;
  output: string;
  /** Width and height of the input, in pixels. */
  size: number;
  layout: "nchw" | "nhwc";
  /** Side of the central square taken from the photo, as a share of its shorter side. */
  crop: number;
  /** An input value is (x - mean) / std for a channel value x of 0 to 255, RGB. */
  mean: number;
  std: number;
}

export interface Model {
  description: ModelDescription;
  file: string;
  /** Index = class. */
  labels: string[];
}

/** Reads a model folder: model.onnx, model.json, labels.json. @throws Error naming the file and what is wrong in it. */
export function readModel(directory: string): Model {
  const descriptionFile = join(directory, "model.json");
  const description = readFields<ModelDescription>(descriptionFile, readJson(descriptionFile), {
    name: "string",
    input: "string",
    output: "string",
    size: "number",
    layout: "string",
    crop: "number",
    mean: "number",
    std: "number",
  });
  const labelsFile = join(directory, "labels.json");
  const labels = readJson(labelsFile);
  if (!Array.isArray(labels) || !labels.every((label) => typeof label === "string")) {
    throw new Error(`${labelsFile}: expected a list of strings`);
  }
  return { description, file: join(directory, "model.onnx"), labels };
}
