import { execFileSync } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheDirectory } from "../../local/cacheDirectory.ts";
import { findExecutable, isAtLeast } from "../executables.ts";
import { builtDirectory, engineVersion, languageHostDirectory, officialDirectory, oldestEngine } from "./recipe.ts";

/** A Pulumi engine that is there to be used. */
export interface Engine {
  /** "path": found on PATH. The others were installed by setup. */
  source: "path" | "official" | "built";
  /** The folder of the executable `pulumi`. */
  directory: string;
  version: string;
  /** Our language host's folder, where the engine has none beside it or on PATH. */
  languageHost?: string;
}

/** The engine that Strata uses: on PATH if recent enough, else what setup installed. */
export function findEngine(): Engine | undefined {
  const onPath = pathEngine();
  if (onPath) return onPath;
  const installed = [
    { source: "official" as const, directory: officialDirectory() },
    { source: "built" as const, directory: builtDirectory() },
  ].find(({ directory }) => existsSync(join(directory, "engine.json")));
  return installed && { ...installed, version: engineVersion };
}

function pathEngine(): Engine | undefined {
  const executable = findExecutable("pulumi");
  if (executable === undefined) return undefined;
  const real = realpathSync(executable);
  // What `strata env` put there: found below by its recipe, so that an outdated one is not taken.
  if (real.startsWith(join(cacheDirectory(), "engine"))) return undefined;
  const version = engineVersionOf(executable);
  if (version === undefined || !isAtLeast(version, oldestEngine)) return undefined;
  const beside = existsSync(join(dirname(real), "pulumi-language-nodejs"));
  const hasHost = beside || findExecutable("pulumi-language-nodejs") !== undefined;
  return {
    source: "path",
    directory: dirname(executable),
    version,
    ...(hasHost ? {} : { languageHost: languageHostDirectory }),
  };
}

/** @returns "3.274.1" for an engine that says v3.274.1; undefined where it doesn't run or says nothing. */
export function engineVersionOf(executable: string): string | undefined {
  try {
    const text = execFileSync(executable, ["version"], {
      encoding: "utf8",
      timeout: 20_000,
      stdio: ["ignore", "pipe", "ignore"],
      env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    });
    return /^v?(\d+\.\d+\.\d+)/.exec(text.trim())?.[1];
  } catch {
    return undefined;
  }
}
