import { hostDistribution } from "../machine-image/host.ts";
import { keyOf } from "../store/inputs.ts";
import type { ImageConfig } from "./archive.ts";
import { modelLayer, photosLayer } from "./dataLayers.ts";
import { layerKey, type LayerRecipe } from "./layer.ts";
import { nodeLayer, nodePath } from "./nodeLayer.ts";
import { runtimeLayer } from "./runtimeLayer.ts";
import { codeLayer, modulesLayer, workloadPath } from "./workloadLayers.ts";

/** The two parts of the image classification workload. */
export type ContainerName = "worker" | "publisher";

export interface ContainerRecipe {
  key: string;
  /** Name with tag: equal content has an equal tag. */
  image: string;
  config: ImageConfig;
  layers: LayerRecipe[];
}

/** What a container image is made of. Both share all layers but the last, which only one of them needs. */
export function containerRecipe(name: ContainerName): ContainerRecipe {
  const distribution = hostDistribution();
  const { architecture } = distribution;
  const layers = [
    runtimeLayer(distribution),
    nodeLayer(architecture),
    modulesLayer(architecture),
    codeLayer(),
    name === "worker" ? modelLayer() : photosLayer(),
  ];
  const config: ImageConfig = {
    architecture,
    entrypoint: [nodePath, `${workloadPath}/${name}/main.ts`],
    // onnxruntime 1.30 would report its use to its publisher; a testbed tells nobody what runs on it.
    environment: { PATH: "/usr/bin", NODE_ENV: "production", ORT_DISABLE_TELEMETRY: "1" },
    workingDirectory: workloadPath,
  };
  const key = keyOf({ name, config, layers: layers.map(layerKey) });
  return { key, image: `strata/${name}:${key}`, config, layers };
}

export function containerKey(name: ContainerName): string {
  return containerRecipe(name).key;
}
