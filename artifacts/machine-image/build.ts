import { join } from "node:path";
import { buildContainer, type Container } from "../oci/index.ts";
import { buildEntry } from "../store/build.ts";
import { sha256OfText } from "../store/checksum.ts";
import type { Entry, EntryName } from "../store/entry.ts";
import type { Progress } from "../store/progress.ts";
import { runInNamespaces } from "./inNamespaces.ts";
import { commandLine, filesDirectory, sourceDateEpoch, type Recipe } from "./recipe.ts";
import { buildRootfs } from "./rootfs.ts";

/** Root file system, raw disk and qcow2 side by side. */
const neededBytes = 4e9;
/** Half a minute on two idle cores, and what its parts take where they are missing. */
const limitSeconds = 60 * 60;

/** Builds the image of a recipe, with all its parts, where it is missing or corrupt. */
export async function buildImage(recipe: Recipe, name: EntryName, progress: Progress | undefined): Promise<Entry> {
  return buildEntry({
    name,
    what: `machine image ${name.key}`,
    neededBytes,
    limitSeconds,
    progress,
    make: async (directory, report) => {
      const containers: Container[] = [];
      for (const container of recipe.containers) containers.push(await buildContainer(container, progress));
      const rootfs = await buildRootfs(recipe.distribution, recipe.packages, sourceDateEpoch, progress);
      await runInNamespaces({
        what: "building the machine image",
        script: join(filesDirectory, "build.sh"),
        args: [filesDirectory, directory],
        directory,
        limitSeconds,
        environment: {
          ROOTFS: rootfs.file,
          CONTAINERS: containers.map(({ archive }) => archive).join(" "),
          FILE_SYSTEM_ID: fileSystemId(recipe.key),
          SOURCE_DATE_EPOCH: String(sourceDateEpoch),
        },
        onLine: (line) => {
          if (line.startsWith("phase: ")) report(line.slice("phase: ".length));
        },
      });
      return {
        cmdline: commandLine(recipe.distribution.architecture),
        builtFrom: { kinds: recipe.kinds, ...recipe.distribution },
        packages: rootfs.packages,
        containers: containers.map(({ image, digest }) => ({ name: image, digest })),
      };
    },
  });
}

/** UUID of the root file system, by the recipe's key, so that equal recipes give equal disks. */
function fileSystemId(key: string): string {
  const hex = sha256OfText(key);
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    "-",
  );
}
