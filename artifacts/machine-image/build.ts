import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { kindOf } from "../../components/kinds/index.ts";
import { buildContainer, type Container } from "../oci/index.ts";
import { podContainerNames } from "../oci/recipe.ts";
import { softwareFiles, type SoftwareFiles } from "../software/files.ts";
import type { MirroredSoftware } from "../software/parts.ts";
import { buildEntry } from "../store/build.ts";
import { sha256OfText } from "../store/checksum.ts";
import type { Entry, EntryName } from "../store/entry.ts";
import type { Progress } from "../store/progress.ts";
import { runInNamespaces } from "./inNamespaces.ts";
import { commandLine, filesDirectory, kindDirectory, sourceDateEpoch, type Recipe } from "./recipe.ts";
import { buildRootfs } from "./rootfs.ts";

/** Root file system, raw disk and qcow2 side by side, without what comes from the mirror. */
const neededBytes = 4e9;
const mirroredBytes = 4e9;
/** Half a minute on two idle cores, and what its parts take where they are missing: some are built from source. */
const limitSeconds = 3 * 60 * 60;

/** Builds the image of a recipe, with all its parts, where it is missing or corrupt. */
export async function buildImage(recipe: Recipe, name: EntryName, progress: Progress | undefined): Promise<Entry> {
  return buildEntry({
    name,
    what: `machine image ${name.key}`,
    neededBytes: neededBytes + recipe.mirrored.length * mirroredBytes,
    limitSeconds,
    progress,
    make: async (directory, report) => {
      const mirrored: MirroredParts[] = [];
      for (const one of recipe.mirrored) mirrored.push({ ...one, ...(await softwareFiles(one, progress)) });
      const containers: Container[] = [];
      for (const container of recipe.containers) containers.push(await buildContainer(container, progress));
      const rootfs = await buildRootfs(recipe.distribution, recipe.packages, sourceDateEpoch, progress);
      const lists = writeLists(mirrored, containers, directory);
      await runInNamespaces({
        what: "building the machine image",
        script: join(filesDirectory, "build.sh"),
        args: [filesDirectory, directory],
        directory,
        limitSeconds,
        environment: {
          ROOTFS: rootfs.file,
          KINDS: recipe.kinds.map(kindDirectory).join("\n"),
          PROGRAMS: lists.programs,
          CONTAINERS: lists.containers,
          DISK_MIB: String(recipe.diskMib),
          FILE_SYSTEM_ID: fileSystemId(recipe.key),
          SOURCE_DATE_EPOCH: String(sourceDateEpoch),
        },
        onLine: (line) => {
          if (line.startsWith("phase: ")) report({ phase: "make", text: line.slice("phase: ".length) });
        },
      });
      return {
        cmdline: commandLine(recipe.distribution.architecture),
        builtFrom: { kinds: recipe.kinds, ...recipe.distribution },
        packages: rootfs.packages,
        containers: containers.map(({ image, digest }) => ({ name: image, digest })),
        ...Object.fromEntries(
          mirrored.map(({ kind, version, images }) => [kind, { version, images: images.map(({ name }) => name) }]),
        ),
      };
    },
  });
}

/** Software of which the image holds what the mirror has. */
type MirroredParts = MirroredSoftware & SoftwareFiles;

/**
 * Writes what build.sh installs as two files of lines: programs ("mode target file") and container images ("namespace
 * name archive"). What runs in pods is in the namespace of a cluster's images too, where both are.
 */
function writeLists(mirrored: MirroredParts[], containers: Container[], directory: string) {
  const programs = mirrored
    .flatMap(({ files }) => files)
    .map(({ mode, target, path }) => `${mode.toString(8)} ${target} ${path}`);
  const images = [
    ...containers.map(({ image, archive }) => `strata ${image} ${archive}`),
    ...mirrored.flatMap(({ kind, images: its }) => {
      const namespace = kindOf(kind).artifacts?.namespace ?? "";
      const inPods = containers.filter(({ image }) =>
        podContainerNames.some((name) => image.startsWith(`strata/${name}:`)),
      );
      return [
        ...its.map(({ name, archive }) => `${namespace} ${name} ${archive}`),
        // A cluster's runtime completes names that have no registry.
        ...inPods.map(({ image, archive }) => `${namespace} docker.io/${image} ${archive}`),
      ];
    }),
  ];
  const write = (name: string, lines: string[]) => {
    const file = join(directory, name);
    writeFileSync(file, lines.map((line) => `${line}\n`).join(""));
    return file;
  };
  return { programs: write("programs.list", programs), containers: write("containers.list", images) };
}

/** UUID of the root file system, by the recipe's key, so that equal recipes give equal disks. */
function fileSystemId(key: string): string {
  const hex = sha256OfText(key);
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    "-",
  );
}
