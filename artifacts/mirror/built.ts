import { copyFileSync, linkSync } from "node:fs";
import { join } from "node:path";
import { writeProgramImage } from "../oci/programImage.ts";
import { buildGoModule, goModuleRecord } from "../sources/goModule.ts";
import type { Progress, Report } from "../store/progress.ts";
import { imageFile, moduleVersion, type Item } from "./item.ts";
import type { Origin } from "./obtain.ts";

/** Builds an item from its Go module. */
export async function takeBuilt(
  wanted: Item,
  directory: string,
  report: Report,
  progress: Progress | undefined,
): Promise<Origin> {
  const { module } = wanted.artifact.build;
  const version = moduleVersion(wanted);
  const programs = await buildGoModule(module, version, progress);
  const builtFrom = `Go module ${module} ${version}, ${goModuleRecord(module, version).go}`;
  if (wanted.kind === "file") {
    for (const file of wanted.files) take(join(programs.directory, file), join(directory, file));
    return { source: "built", from: builtFrom };
  }
  report({ phase: "pack", text: "writing the image" });
  const { program, path, packetFilters } = wanted.artifact.build;
  const recipe = { image: wanted.image, programs, program, path, packetFilters, builtFrom };
  const digest = await writeProgramImage(recipe, join(directory, imageFile), progress);
  return { source: "built", from: builtFrom, digest };
}

/** The same file under a second name where the file system allows it: programs are large. */
function take(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}
