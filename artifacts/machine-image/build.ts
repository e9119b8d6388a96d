import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { kubernetesFiles, type KubernetesFiles } from "../kubernetes/index.ts";
import { buildContainer, type Container } from "../oci/index.ts";
import { buildEntry } from "../store/build.ts";
import { sha256OfText } from "../store/checksum.ts";
import type { Entry, EntryName } from "../store/entry.ts";
import type { Progress } from "../store/progress.ts";
import { runInNamespaces } from "./inNamespaces.ts";
import { commandLine, filesDirectory, kindsDirectory, sourceDateEpoch, type Recipe } from "./recipe.ts";
import { buildRootfs } from "./rootfs.ts";

/** Root file system, raw disk and qcow2 side by side, without what Kubernetes adds. */
const neededBytes = 4e9;
const kubernetesBytes = 4e9;
/** Half a minute on two idle cores, and what its parts take where they are missing: Kubernetes is built from source. */
const limitSeconds = 3 * 60 * 60;

/** Builds the image of a recipe, with all its parts, where it is missing or corrupt. */
export async function buildImage(recipe: Recipe, name: EntryName, progress: Progress | undefined): Promise<Entry> {
  return buildEntry({
    name,
    what: `machine image ${name.key}`,
    neededBytes: neededBytes + (recipe.kubernetes === undefined ? 0 : kubernetesBytes),
    limitSeconds,
    progress,
    make: async (directory, report) => {
      const kubernetes = recipe.kubernetes === undefined ? nothing : await kubernetesFiles(recipe.kubernetes, progress);
      const containers: Container[] = [];
      for (const container of recipe.containers) containers.push(await buildContainer(container, progress));
      const rootfs = await buildRootfs(recipe.distribution, recipe.packages, sourceDateEpoch, progress);
      const lists = writeLists(recipe, kubernetes, containers, directory);
      await runInNamespaces({
        what: "building the machine image",
        script: join(filesDirectory, "build.sh"),
        args: [filesDirectory, directory],
        directory,
        limitSeconds,
        environment: {
          ROOTFS: rootfs.file,
          KINDS: recipe.kinds.map((kind) => join(kindsDirectory, kind)).join("\n"),
          PROGRAMS: lists.programs,
          CONTAINERS: lists.containers,
          DISK_MIB: String(recipe.diskMib),
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
        ...(recipe.kubernetes === undefined
          ? {}
          : { kubernetes: { version: recipe.kubernetes, images: kubernetes.images.map(({ name }) => name) } }),
      };
    },
  });
}

const nothing: KubernetesFiles = { files: [], images: [] };

/**
 * Writes what build.sh installs as two files of lines: programs ("mode target file") and container images ("namespace
 * name archive"). The workload's own images are in Kubernetes' namespace too, where both are.
 */
function writeLists(recipe: Recipe, kubernetes: KubernetesFiles, containers: Container[], directory: string) {
  const programs = kubernetes.files.map(({ mode, target, path }) => `${mode.toString(8)} ${target} ${path}`);
  const images = [
    ...containers.map(({ image, archive }) => `strata ${image} ${archive}`),
    ...kubernetes.images.map(({ name, archive }) => `k8s.io ${name} ${archive}`),
    ...containers
      .filter(({ image }) => recipe.kubernetes !== undefined && image.startsWith("strata/worker:"))
      // Kubernetes completes names that have no registry.
      .map(({ image, archive }) => `k8s.io docker.io/${image} ${archive}`),
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
