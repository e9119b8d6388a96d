import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildContainer } from "../oci/index.ts";
import { buildEntry } from "../store/build.ts";
import { sha256OfText } from "../store/checksum.ts";
import type { Entry, EntryName } from "../store/entry.ts";
import type { Progress, Report } from "../store/progress.ts";
import { run } from "../store/run.ts";
import { aptSources, indexTargetFormat } from "./aptSources.ts";
import { commandLine, filesDirectory, sourceDateEpoch, type Recipe } from "./recipe.ts";
import { rootPrefix } from "./root.ts";

const gigabyte = 1e9;
/** Root file system, raw disk and qcow2 side by side. */
const neededBytes = 4 * gigabyte;
/** Fetching and installing packages takes 1.5 min on two cores, with everything else 3; a slow mirror may take longer. */
const limitSeconds = 45 * 60;

/** Builds the image of a recipe, with the container images it holds, where it is missing or corrupt. */
export async function buildImage(recipe: Recipe, name: EntryName, progress: Progress | undefined): Promise<Entry> {
  return buildEntry({
    name,
    what: `machine image ${name.key}`,
    neededBytes,
    limitSeconds,
    progress,
    make: async (directory, report) => {
      const containers = [];
      for (const container of recipe.containers) containers.push(await buildContainer(container, progress));
      await runBuild(
        recipe,
        directory,
        containers.map((container) => container.archive),
        report,
      );
      const packages = takePackages(directory);
      return {
        cmdline: commandLine,
        builtFrom: { kinds: recipe.kinds, ...recipe.distribution },
        packages,
        containers: containers.map(({ image, digest }) => ({ name: image, digest })),
      };
    },
  });
}

async function runBuild(recipe: Recipe, directory: string, archives: string[], report: Report): Promise<void> {
  const mirrors = join(directory, "mirrors");
  const targets = execFileSync("apt-get", ["indextargets", "--format", indexTargetFormat, "Created-By: Packages"], {
    encoding: "utf8",
  });
  writeFileSync(mirrors, `${aptSources(targets, recipe.distribution).join("\n")}\n`);
  const namespaces = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
  const [command = "", ...args] = [
    ...rootPrefix(),
    ...namespaces,
    "sh",
    join(filesDirectory, "build.sh"),
    filesDirectory,
    directory,
  ];
  try {
    await run({
      what: "building the machine image",
      command,
      args,
      limitSeconds,
      environment: {
        SUITE: recipe.distribution.suite,
        MIRRORS: mirrors,
        PACKAGES: recipe.packages.join(","),
        CONTAINERS: archives.join(" "),
        FILE_SYSTEM_ID: fileSystemId(recipe.key),
        SOURCE_DATE_EPOCH: String(sourceDateEpoch),
      },
      onLine: (line) => {
        if (line.startsWith("phase: ")) report(line.slice("phase: ".length));
      },
    });
    takeOver(directory);
  } catch (error) {
    // The root file system belongs to root: only root can remove what a failed build leaves.
    removeAsRoot(join(directory, "work"));
    throw error;
  }
  rmSync(mirrors);
}

function removeAsRoot(path: string): void {
  const [command = "", ...args] = [...rootPrefix(), "rm", "-rf", "--one-file-system", path];
  execFileSync(command, args);
}

/** Gives the results to the user who builds, where that is not root. */
function takeOver(directory: string): void {
  const user = process.getuid?.() ?? 0;
  if (user === 0) return;
  const [command = "", ...args] = [...rootPrefix(), "chown", "--recursive", String(user), directory];
  execFileSync(command, args);
}

/** Packages with their exact versions, from the list that the build wrote; the list itself is not kept. */
function takePackages(directory: string): Record<string, string> {
  const file = join(directory, "packages.txt");
  const lines = readFileSync(file, "utf8").trim().split("\n").sort();
  rmSync(file);
  return Object.fromEntries(
    lines.map((line) => {
      const [name = "", version = ""] = line.split(" ");
      return [name, version];
    }),
  );
}

/** UUID of the root file system, by the recipe's key, so that equal recipes give equal disks. */
function fileSystemId(key: string): string {
  const hex = sha256OfText(key);
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    "-",
  );
}
