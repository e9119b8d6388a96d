import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { buildEntry } from "../store/build.ts";
import { readRecord, type EntryName } from "../store/entry.ts";
import { filesAsInputs, keyOf } from "../store/inputs.ts";
import type { Progress } from "../store/progress.ts";
import { aptSources, indexTargetFormat } from "./aptSources.ts";
import type { Distribution } from "../sources/host.ts";
import { runInNamespaces } from "./inNamespaces.ts";

const scripts = join(import.meta.dirname, "bootstrap");
/** The root file system and its tar side by side. */
const neededBytes = 1.5e9;
/** Fetching and installing takes 1.5 min on two idle cores; a slow mirror or a busy host take longer. */
const limitSeconds = 30 * 60;

export interface RootFileSystem {
  /** The tar. */
  file: string;
  /** Exact versions of all installed packages. */
  packages: Record<string, string>;
}

export function rootfsKey(distribution: Distribution, packages: string[], sourceDateEpoch: number): string {
  return keyOf({ distribution, packages, sourceDateEpoch, scripts: filesAsInputs(scripts) });
}

/** Gives a root file system with these packages from the store; it outlives changes of all that is put on top of it. */
export async function buildRootfs(
  distribution: Distribution,
  packages: string[],
  sourceDateEpoch: number,
  progress: Progress | undefined,
): Promise<RootFileSystem> {
  const key = rootfsKey(distribution, packages, sourceDateEpoch);
  const name: EntryName = { kind: "rootfs", key, record: "rootfs.json" };
  const { directory } = await buildEntry({
    name,
    what: `root file system ${key}`,
    neededBytes,
    limitSeconds,
    progress,
    make: async (target, report) => {
      const mirrors = join(target, "mirrors");
      writeFileSync(mirrors, `${aptSources(indexTargets(), distribution).join("\n")}\n`);
      report({ phase: "install", text: "installing packages" });
      await runInNamespaces({
        what: "installing the machines' packages",
        script: join(scripts, "bootstrap.sh"),
        args: [target],
        directory: target,
        limitSeconds,
        environment: {
          SUITE: distribution.suite,
          MIRRORS: mirrors,
          PACKAGES: packages.join(","),
          SOURCE_DATE_EPOCH: String(sourceDateEpoch),
        },
      });
      return { packages: takePackages(join(target, "packages.txt")) };
    },
  });
  const record = z.looseObject({ packages: z.record(z.string(), z.string()) }).parse(readRecord(name));
  return { file: join(directory, "rootfs.tar"), packages: record.packages };
}

/** The host's package indexes, as apt itself sees its sources. */
function indexTargets(): string {
  return execFileSync("apt-get", ["indextargets", "--format", indexTargetFormat, "Created-By: Packages"], {
    encoding: "utf8",
  });
}

/** Packages with their versions, from the list that the build wrote; the list itself is not kept. */
function takePackages(file: string): Record<string, string> {
  const lines = readFileSync(file, "utf8").trim().split("\n").sort();
  rmSync(file);
  return Object.fromEntries(
    lines.map((line) => {
      const [name = "", version = ""] = line.split("\t");
      return [name, version];
    }),
  );
}
