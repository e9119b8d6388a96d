import { allWorkloads } from "../../benchmarks/workloads/all.ts";
import type { WorkloadContainer } from "../../components/experiment/workload.ts";
import { hostDistribution } from "../sources/host.ts";
import { keyOf } from "../store/inputs.ts";
import type { ImageConfig } from "./archive.ts";
import { dataLayers } from "./dataLayers.ts";
import { layerKey, type LayerRecipe } from "./layer.ts";
import { nodeLayer, nodePath } from "./nodeLayer.ts";
import { runtimeLayer } from "./runtimeLayer.ts";
import { codeLayer, modulesLayer, workloadsPath } from "./workloadLayers.ts";

export interface ContainerRecipe {
  key: string;
  /** Name with tag: equal content has an equal tag. */
  image: string;
  config: ImageConfig;
  layers: LayerRecipe[];
}

interface Known extends WorkloadContainer {
  workload: string;
}

/** All that workloads run in containers, by the names of the images. */
const containers = new Map(
  allWorkloads.flatMap(([workload, spec]) =>
    Object.entries(spec.containers).map(([name, one]): [string, Known] => [name, { workload, ...one }]),
  ),
);

/** The images that there are, sorted. */
export const containerNames: readonly string[] = [...containers.keys()].sort();

/** Those that a cluster's runtime needs as well. */
export const podContainerNames: readonly string[] = containerNames.filter((name) => containers.get(name)?.inPods);

/**
 * What a container image is made of. All share their first layers; what only one of them needs comes last.
 * @throws Error where no workload has it.
 */
export function containerRecipe(name: string): ContainerRecipe {
  const known = containers.get(name);
  if (known === undefined)
    throw new Error(`there is no container image ${name}; there are ${containerNames.join(", ")}`);
  const { workload, program, packages, data } = known;
  const distribution = hostDistribution();
  const { architecture } = distribution;
  const layers = [
    runtimeLayer(distribution),
    nodeLayer(architecture),
    ...(packages ? [modulesLayer(workload, architecture)] : []),
    codeLayer(workload),
    ...(data === undefined ? [] : [dataLayers[data]()]),
  ];
  const config: ImageConfig = {
    architecture,
    entrypoint: [nodePath, `${workloadsPath}/${workload}/${program}`],
    // onnxruntime 1.30 would report its use to its publisher; a testbed tells nobody what runs on it.
    environment: { PATH: "/usr/bin", NODE_ENV: "production", ORT_DISABLE_TELEMETRY: "1" },
    workingDirectory: workloadsPath,
  };
  const key = keyOf({ name, config, layers: layers.map(layerKey) });
  return { key, image: `strata/${name}:${key}`, config, layers };
}

export function containerKey(name: string): string {
  return containerRecipe(name).key;
}
