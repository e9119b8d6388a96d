import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";

/** One field of a protocol buffer message: a number is a varint, anything else is length-delimited. */
type Field = readonly [number: number, value: number | string | Uint8Array];

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) | 128);
  }
}

function message(...fields: Field[]): Uint8Array {
  return Buffer.concat(
    fields.map(([number, value]) => {
      if (typeof value === "number") return Buffer.from([...varint(number * 8), ...varint(value)]);
      const content = typeof value === "string" ? Buffer.from(value) : value;
      return Buffer.concat([Buffer.from([...varint(number * 8 + 2), ...varint(content.length)]), content]);
    }),
  );
}

const float = 1;

/** onnx.proto: ValueInfoProto > TypeProto > Tensor > TensorShapeProto. */
function tensorInfo(name: string, shape: number[]): Uint8Array {
  const dimensions = message(...shape.map((size): Field => [1, message([1, size])]));
  return message([1, name], [2, message([1, message([1, float], [2, dimensions])])]);
}

function node(operator: string, input: string, output: string): Uint8Array {
  return message([1, input], [2, output], [4, operator]);
}

/** A network with three classes: the score of red, green and blue is the mean of that channel. */
function brightestChannel(size: number): Uint8Array {
  const graph = message(
    [1, node("GlobalAveragePool", "pixels", "means")],
    [1, node("Flatten", "means", "scores")],
    [2, "brightest-channel"],
    [11, tensorInfo("pixels", [1, 3, size, size])],
    [12, tensorInfo("scores", [1, 3])],
  );
  return message([1, 8], [7, graph], [8, message([1, ""], [2, 13])]);
}

/** A model folder as the worker's container has it. */
export function writeTinyModel(directory: string): void {
  mkdirSync(directory, { recursive: true });
  const size = 224;
  writeFileSync(join(directory, "model.onnx"), brightestChannel(size));
  writeFileSync(join(directory, "labels.json"), JSON.stringify(["red", "green", "blue"]));
  const description = { name: "brightest-channel", input: "pixels", output: "scores", size, layout: "nchw" };
  writeFileSync(join(directory, "model.json"), JSON.stringify({ ...description, crop: 0.875, mean: 127, std: 128 }));
}

/** A photo folder as the publisher's container has it: one plain photo of each colour, and one of which nothing is known. */
export async function writeTinyPhotos(directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true });
  const colours = { red: "#c02020", green: "#20c020", blue: "#2020c0", grey: "#818080" };
  for (const [name, background] of Object.entries(colours)) {
    await sharp({ create: { width: 320, height: 240, channels: 3, background } })
      .jpeg()
      .toFile(join(directory, `${name}.jpg`));
  }
  const entries = Object.keys(colours).map((name) => ({ file: `${name}.jpg`, labels: name === "grey" ? [] : [name] }));
  writeFileSync(join(directory, "photos.json"), JSON.stringify(entries));
}
