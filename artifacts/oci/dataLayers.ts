import { copyFileSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { buildWorkloadData, workloadDataKey } from "../workload-data/index.ts";
import type { LayerRecipe } from "./layer.ts";

/** What containers may find beside their code: the network (model.onnx, labels.json, model.json), and photos with photos.json. */
export const dataLayers = {
  model: () => dataLayer("model", "/model"),
  photos: () => dataLayer("photos", "/photos"),
};

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
