import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import sharp from "sharp";
import {
  normalise,
  preprocess,
} from "../../../benchmarks/workloads/image-classification/container/worker/preprocess.ts";

const model = { size: 4, crop: 0.875, mean: 127, std: 128 };

describe("preprocessing", () => {
  test("nchw puts channel after channel, nhwc pixel after pixel", () => {
    const pixels = Uint8Array.from([127, 255, 0, 127, 255, 0]);
    expect([...normalise(pixels, { mean: 127, std: 128, layout: "nchw" })]).toEqual([
      0, 0, 1, 1, -0.9921875, -0.9921875,
    ]);
    expect([...normalise(pixels, { mean: 127, std: 128, layout: "nhwc" })]).toEqual([
      0, 1, -0.9921875, 0, 1, -0.9921875,
    ]);
  });

  test("a photo's centre square becomes the input", async () => {
    // Red, with blue bars at both sides that the central square leaves out.
    const bar = await sharp({ create: { width: 100, height: 100, channels: 3, background: "#0000ff" } })
      .png()
      .toBuffer();
    const photo = await sharp({ create: { width: 300, height: 100, channels: 3, background: "#ff0000" } })
      .composite([
        { input: bar, left: 0, top: 0 },
        { input: bar, left: 200, top: 0 },
      ])
      .png()
      .toBuffer();
    const input = await preprocess(photo, { ...model, size: 32, name: "", input: "", output: "", layout: "nchw" });
    expect(input).toHaveLength(3 * 32 * 32);
    expect([input[0], input[32 * 32 - 1], input[2 * 32 * 32]]).toEqual([1, 1, -0.9921875]);
  });
});

test("the workload's packages are the ones this repository is tested with", () => {
  const root = resolve(import.meta.dirname, "../../..");
  const read = (file: string) =>
    JSON.parse(readFileSync(resolve(root, file), "utf8")) as Record<string, Record<string, string>>;
  const { dependencies } = read("benchmarks/workloads/image-classification/package.json");
  expect(read("package.json").devDependencies).toMatchObject(dependencies!);
});
