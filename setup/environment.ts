import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { cacheDirectory } from "../providers/kit/cacheDirectory.ts";
import { findEngine, type Engine } from "./engine/find.ts";
import { prepareState } from "./state.ts";
import { backendDirectory, executablesDirectory, ownHome, passphraseFile } from "./statePaths.ts";

/**
 * The variables with which `pulumi` works on this project: `strata env` prints them, and whatever runs the engine (the
 * command line, benchmarks, tests) adds them to its environment. Makes the state directory they name, where it is new.
 *
 * @throws Error when there is no engine yet; it says what to do.
 */
export function pulumiEnvironment(): Record<string, string> {
  const engine = findEngine();
  if (engine === undefined) throw new Error("The Pulumi engine is not installed. Run ./strata setup.");
  prepareState();
  return environmentFor(engine, process.env);
}

/**
 * For a preview on top of the rest: without it the engine writes out the whole stack after every step, only to check it
 * and throw it away (34 of 37 s for 200 machines). An update must never have it: it would store nothing until its end.
 * The engine, a Go program that soon ends, collects its garbage a quarter as often: a sixth of its time.
 */
export const previewVariables = { PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true", GOGC: "400" };

/** Pure but for a look at the user's Pulumi credentials. */
export function environmentFor(engine: Engine, user: NodeJS.ProcessEnv): Record<string, string> {
  const path = [
    dirname(process.execPath),
    engine.directory,
    ...(engine.languageHost === undefined ? [] : [engine.languageHost]),
    ...(usesOwnHome(user) ? [] : [executablesDirectory()]),
    ...(user.PATH ?? "").split(delimiter),
  ].filter((directory, index, all) => directory !== "" && all.indexOf(directory) === index);
  const elsewhere = isLoggedInElsewhere(user);
  const ownPassphrase = user.PULUMI_CONFIG_PASSPHRASE !== undefined || user.PULUMI_CONFIG_PASSPHRASE_FILE !== undefined;
  return {
    PATH: path.join(delimiter),
    STRATA_NODE: process.execPath,
    // Program and plugins start from compiled code: half a second less each time.
    NODE_COMPILE_CACHE: join(cacheDirectory(), "compiled"),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    ...(usesOwnHome(user) ? { PULUMI_HOME: ownHome() } : {}),
    ...(elsewhere || user.PULUMI_BACKEND_URL !== undefined
      ? {}
      : { PULUMI_BACKEND_URL: `file://${backendDirectory()}` }),
    ...(elsewhere || ownPassphrase ? {} : { PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile() }),
  };
}

/**
 * A change of the environment that takes back what `strata env` of this state directory has set, if it was evaluated:
 * tests work in state directories of their own.
 */
export function withoutOwnVariables(user: NodeJS.ProcessEnv): Record<string, undefined> {
  const own = {
    PULUMI_HOME: ownHome(),
    PULUMI_BACKEND_URL: `file://${backendDirectory()}`,
    PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile(),
  };
  const set = Object.entries(own).filter(([name, value]) => user[name] === value);
  return Object.fromEntries(set.map(([name]) => [name, undefined]));
}

/** False for who has chosen a home, or is logged in to a backend by the credentials in the usual one. */
export function usesOwnHome(user: NodeJS.ProcessEnv): boolean {
  if (user.PULUMI_HOME !== undefined) return user.PULUMI_HOME === ownHome();
  return !isLoggedInElsewhere(user);
}

function isLoggedInElsewhere(user: NodeJS.ProcessEnv): boolean {
  if (user.PULUMI_BACKEND_URL !== undefined) return false;
  if (user.PULUMI_ACCESS_TOKEN !== undefined) return true;
  const credentials = join(user.PULUMI_HOME ?? join(user.HOME ?? homedir(), ".pulumi"), "credentials.json");
  if (!existsSync(credentials)) return false;
  try {
    const { current } = JSON.parse(readFileSync(credentials, "utf8")) as { current?: string };
    return current !== undefined && current !== "";
  } catch {
    return false;
  }
}
