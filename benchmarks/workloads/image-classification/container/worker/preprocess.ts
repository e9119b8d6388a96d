import sharp from "sharp";
import type { ModelDescription } from "./model.ts";

// One photo at a time on one thread: what is measured is the time one photo takes.
sharp.concurrency(1);
sharp.cache(false);

/**
 * A JPEG file as the network's input, float32, of shape [1, 3, size, size] (nchw) or [1, size, size, 3] (nhwc).
 * The photo is scaled so that its shorter side is size / crop, its centre is cut out and each channel is normalised:
 * the preprocessing EfficientNet-Lite was trained with (tensorflow/tpu, efficientnet/lite: bicubic, mean 127, std 128).
 * @throws Error when the photo is no image that libvips can read.
 */
export async function preprocess(photo: Uint8Array, model: ModelDescription): Promise<Float32Array> {
  const { size, mean, std } = model;
  const scaled = Math.round(size / model.crop);
  const margin = Math.floor((scaled - size) / 2);
  const pixels = await sharp(photo)
    .resize(scaled, scaled, { fit: "cover", position: "centre", kernel: "cubic" })
    .extract({ left: margin, top: margin, width: size, height: size })
    .toColourspace("srgb")
    .removeAlpha()
    .raw()
    .toBuffer();
  return normalise(pixels, { mean, std, layout: model.layout });
}

/** RGB bytes, pixel by pixel, as normalised floats in the given layout. */
export function normalise(
  pixels: Uint8Array,
  { mean, std, layout }: Pick<ModelDescription, "mean" | "std" | "layout">,
): Float32Array {
  const tensor = new Float32Array(pixels.length);
  const plane = pixels.length / 3;
  const [pixelStep, channelStep] = layout === "nchw" ? [1, plane] : [3, 1];
  for (let pixel = 0; pixel < plane; pixel += 1) {
    for (let channel = 0; channel < 3; channel += 1) {
      tensor[pixel * pixelStep + channel * channelStep] = ((pixels[pixel * 3 + channel] ?? 0) - mean) / std;
    }
  }
  return tensor;
}
