import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../providers/kit/plain/errors.ts";
import { DamagedError, isDiskFault } from "../../setup/download.ts";
import { buildEntry } from "../store/build.ts";
import { cancelSignal } from "../store/cancel.ts";
import type { Entry } from "../store/entry.ts";
import { ArtifactError } from "../store/errors.ts";
import type { Progress, Report } from "../store/progress.ts";
import { takeBuilt } from "./built.ts";
import { itemEntry, type Item } from "./item.ts";
import { takeOfficial } from "./official.ts";

/** Ways to get an item, in the order in which they are tried. */
export type Way = "official" | "build";

/** What a way leaves beside the files: goes into the entry's record. */
export interface Origin {
  /** "official", "built", or "added" by the user. */
  source: "official" | "built" | "added";
  /** Where from: a URL, a registry, a Go module with the Go client that built it. */
  from: string;
  /** Of an image: its manifest's digest. */
  digest?: string;
}

/** An item with its compressed and unpacked form side by side. */
const neededBytes = 1e9;
/** Waits for other processes that build the same, which takes long for some of it. */
const limitSeconds = 2 * 60 * 60;

const attempts: Record<Way, (wanted: Item, directory: string, report: Report, progress?: Progress) => Promise<Origin>> =
  {
    official: takeOfficial,
    build: takeBuilt,
  };

/**
 * Gives an item from the store. Where it is missing or corrupt, the ways are tried one after the other.
 *
 * @throws ArtifactError when none works; it names the reason of each, and the third way.
 */
export function obtain(
  wanted: Item,
  progress?: Progress,
  ways: readonly Way[] = ["official", "build"],
): Promise<Entry> {
  return buildEntry({
    name: itemEntry(wanted),
    what: wanted.title,
    neededBytes,
    limitSeconds,
    progress,
    make: async (directory, report) => {
      const reasons: string[] = [];
      for (const way of ways) {
        try {
          return {
            artifact: wanted.name,
            version: wanted.version,
            ...(await attempts[way](wanted, directory, report, progress)),
          };
        } catch (error) {
          cancelSignal()?.throwIfAborted();
          for (const left of readdirSync(directory)) rmSync(join(directory, left), { recursive: true });
          reasons.push(`${way}: ${messageOf(error)}`);
          // An hour of building would end in the same, or hide it.
          if (isDiskFault(error) || error instanceof DamagedError) break;
          if (way !== ways.at(-1)) report({ phase: "fallback", text: `the ${way} way failed, trying the next` });
        }
      }
      throw new ArtifactError(
        `${wanted.title} can't be had. ${reasons.join("\n")}\n` +
          `Mend one of these, or bring the files yourself: strata mirror add ${wanted.name} ${wanted.version} FILE`,
      );
    },
  });
}
