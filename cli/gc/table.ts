import { containerImages } from "./containerImages.ts";
import { containerLayers } from "./containerLayers.ts";
import { expiredTestbeds } from "./expiredTestbeds.ts";
import { goPrograms } from "./goPrograms.ts";
import type { LeftoverKind } from "./leftover.ts";
import { machineImages } from "./machineImages.ts";
import { mirroredArtifacts } from "./mirroredArtifacts.ts";
import { orphanedMachines } from "./orphanedMachines.ts";
import { partialDownloads } from "./partialDownloads.ts";
import { preparedMachines } from "./preparedMachines.ts";
import { preparedTestbeds } from "./preparedTestbeds.ts";
import { rootFileSystems } from "./rootFileSystems.ts";
import { unfinishedBuilds } from "./unfinishedBuilds.ts";

/** All that `strata gc` looks at, in the order in which it goes: testbeds first, which use the cache. */
export const leftoverKinds: readonly LeftoverKind[] = [
  expiredTestbeds,
  orphanedMachines,
  unfinishedBuilds,
  partialDownloads,
  preparedTestbeds,
  preparedMachines,
  machineImages,
  rootFileSystems,
  containerImages,
  containerLayers,
  goPrograms,
  mirroredArtifacts,
];
