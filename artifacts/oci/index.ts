import { join } from "node:path";
import { buildEntry } from "../store/build.ts";
import { readRecord, type EntryName } from "../store/entry.ts";
import type { Progress } from "../store/progress.ts";
import { writeArchive } from "./archive.ts";
import { buildLayer, type Layer } from "./layer.ts";
import { containerRecipe } from "./recipe.ts";

export interface Container {
  /** Name with tag: "strata/worker:3f2a9c0d1b7e4455". */
  image: string;
  /** Digest of the image's manifest. */
  digest: string;
  /** OCI image layout in a tar. */
  archive: string;
}

const file = "image.tar";
const neededBytes = 400e6;
const limitSeconds = 20 * 60;

/** Gives a container image of the workload from the store, building it where it is missing or corrupt; needs no daemon. */
export async function buildContainer(name: string, progress?: Progress): Promise<Container> {
  const recipe = containerRecipe(name);
  const entry: EntryName = { kind: "containers", key: recipe.key, record: "container.json" };
  const { directory } = await buildEntry({
    name: entry,
    what: `container image ${recipe.image}`,
    neededBytes,
    limitSeconds,
    progress,
    make: async (target, report) => {
      const layers: Layer[] = [];
      for (const layer of recipe.layers) layers.push(await buildLayer(layer, progress));
      report({ phase: "pack", text: "packing" });
      const digest = await writeArchive(recipe.image, recipe.config, layers, join(target, file));
      return { image: recipe.image, digest };
    },
  });
  const { digest } = readRecord(entry) as unknown as { digest: string };
  return { image: recipe.image, digest, archive: join(directory, file) };
}
