import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { stateDirectory } from "../../local/stateDirectory.ts";
import { cacheDirectory } from "../../local/cacheDirectory.ts";
import { recipeHash } from "../hash.ts";

export const repository = join(import.meta.dirname, "../..");

export function backendDirectory(): string {
  return join(stateDirectory(), "pulumi");
}

/** As the engine wants it: what means something in a URL (#, %, ?) is escaped. */
export function backendUrl(): string {
  return pathToFileURL(backendDirectory()).href;
}

/** Encrypts secrets in the engine's state; made by setup, never part of the repository. */
export function passphraseFile(): string {
  return join(stateDirectory(), "passphrase");
}

/** Executables that Pulumi is to find on PATH, for users who keep their own Pulumi home. */
export function executablesDirectory(): string {
  return join(stateDirectory(), "bin");
}

/**
 * Pulumi's home of this checkout. Not ~/.pulumi: the plugins in it include a stand-in of the official `command`
 * plugin where that can't be downloaded, which other projects of the user must not pick up.
 */
export function ownHome(): string {
  return join(stateDirectory(), "pulumi-home");
}

/** The plugins of that home, linked into it: they can be had again. By checkout, because a stand-in is its checkout's. */
export function pluginsDirectory(): string {
  return join(cacheDirectory(), "pulumi-plugins", recipeHash([repository]));
}
