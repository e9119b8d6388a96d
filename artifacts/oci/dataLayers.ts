import { copyFileSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { buildWorkloadData, workloadDataKey } from "../workload-data/index.ts";
import type { LayerRecipe } from "./layer.ts";

/** Where containers have the network: model.onnx, labels.json, model.json. */
const modelPath = "/model";
/** Where containers have the photos: *.jpg and photos.json. */
const photosPath = "/photos";

export function modelLayer(): LayerRecipe {
  return dataLayer("model", modelPath);
}

export function photosLayer(): LayerRecipe {
  return dataLayer("photos", photosPath);
}

function dataLayer(part: "model" | "photos", path: string): LayerRecipe {
  return {
    name: part,
    inputs: { data: workloadDataKey() },
    fill: async (root, _scratch, _report, progress) => {
      const { directory } = await buildWorkloadData(progress);
      mkdirSync(join(root, path));
      for (const file of readdirSync(join(directory, part))) {
        copyFileSync(join(directory, part, file), join(root, path, file));
      }
    },
  };
}
