import { mkdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { buildEntry } from "../store/build.ts";
import { readRecord, type EntryName } from "../store/entry.ts";
import { keyOf } from "../store/inputs.ts";
import type { Progress, Report } from "../store/progress.ts";
import { compressLayer, packDirectory, type LayerDigests } from "./files.ts";

/** Raised when the packing of layers changes. */
const formatVersion = 1;
const neededBytes = 600e6;
const limitSeconds = 20 * 60;

/** One layer of a container image: how to fill it, and what it is made of. */
export interface LayerRecipe {
  /** For messages: "Node.js". */
  name: string;
  /** Everything that the content depends on, as plain data. */
  inputs: unknown;
  /** Writes the layer's files into `root`; `scratch` is for what they are made from and is removed afterwards. */
  fill: (root: string, scratch: string, report: Report, progress: Progress | undefined) => Promise<void>;
}

export interface Layer extends LayerDigests {
  /** The compressed tar. */
  file: string;
  bytes: number;
}

const file = "layer.tar.gz";

export function layerKey(recipe: LayerRecipe): string {
  return keyOf({ formatVersion, name: recipe.name, inputs: recipe.inputs });
}

/** Gives the layer from the store, building it where it is missing or corrupt. */
export async function buildLayer(recipe: LayerRecipe, progress: Progress | undefined): Promise<Layer> {
  const name: EntryName = { kind: "layers", key: layerKey(recipe), record: "layer.json" };
  const { directory } = await buildEntry({
    name,
    what: `container layer ${recipe.name} ${name.key}`,
    neededBytes,
    limitSeconds,
    progress,
    make: async (target, report) => {
      const [root, scratch] = [join(target, "root"), join(target, "scratch")];
      mkdirSync(root);
      mkdirSync(scratch);
      await recipe.fill(root, scratch, report, progress);
      report({ phase: "pack", text: "packing" });
      await packDirectory(root, join(target, "layer.tar"));
      const digests = await compressLayer(join(target, "layer.tar"), join(target, file));
      for (const part of ["layer.tar", "root", "scratch"]) rmSync(join(target, part), { recursive: true });
      return { layer: recipe.name, ...digests };
    },
  });
  const { digest, diffId } = readRecord(name) as unknown as LayerDigests;
  const path = join(directory, file);
  return { digest, diffId, file: path, bytes: statSync(path).size };
}
