import { existsSync, readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { z } from "zod";
import { cacheDirectory } from "../../local/cacheDirectory.ts";
import { findEngine, type Engine } from "../engine/find.ts";
import { loopbackDirect } from "./proxy.ts";
import { prepareState } from "./state.ts";
import { backendUrl, executablesDirectory, ownHome, passphraseFile } from "./statePaths.ts";

/**
 * The variables with which `pulumi` works on this project: `strata env` prints them, and whatever runs the engine (the
 * command line, benchmarks, tests) adds them to its environment. Makes the state directory they name, where it is new.
 *
 * @throws Error when there is no engine yet; it says what to do.
 */
export function pulumiEnvironment(): Record<string, string> {
  const environment = environmentOfEngine();
  if (environment === undefined) throw new Error("The Pulumi engine is not installed. Run ./strata setup.");
  return environment;
}

/** The same; undefined when there is no engine yet. */
export function environmentOfEngine(): Record<string, string> | undefined {
  const engine = findEngine();
  if (engine === undefined) return undefined;
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
  const login = loginOf(user);
  const ownPassphrase = user.PULUMI_CONFIG_PASSPHRASE !== undefined || user.PULUMI_CONFIG_PASSPHRASE_FILE !== undefined;
  return {
    PATH: path.join(delimiter),
    STRATA_NODE: process.execPath,
    // Program and plugins start from compiled code: half a second less each time.
    NODE_COMPILE_CACHE: join(cacheDirectory(), "compiled"),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    ...loopbackDirect(user),
    ...homeFor(user, login),
    ...(login !== undefined || user.PULUMI_BACKEND_URL !== undefined ? {} : { PULUMI_BACKEND_URL: backendUrl() }),
    // Pulumi's cloud keeps secrets itself; any other backend needs a passphrase, and says so only in the middle of an update.
    ...(isCloud(login?.backend) || ownPassphrase ? {} : { PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile() }),
  };
}

/**
 * A change of the environment that takes back what `strata env` of this state directory has set, if it was evaluated:
 * tests work in state directories of their own.
 */
export function withoutOwnVariables(user: NodeJS.ProcessEnv): Record<string, undefined> {
  const own = {
    PULUMI_HOME: ownHome(),
    PULUMI_BACKEND_URL: backendUrl(),
    PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile(),
  };
  const set = Object.entries(own).filter(([name, value]) => user[name] === value);
  return Object.fromEntries(set.map(([name]) => [name, undefined]));
}

/** False for who has chosen a home, or is logged in to a backend by the credentials in the usual one. */
export function usesOwnHome(user: NodeJS.ProcessEnv): boolean {
  if (user.PULUMI_HOME !== undefined) return user.PULUMI_HOME === ownHome();
  return loginOf(user) === undefined;
}

/**
 * Pulumi's home, where an engine with these variables looks for credentials and plugins: that of the user's account, whatever
 * $HOME says, where none is named.
 */
export const engineHome = (variables: NodeJS.ProcessEnv): string => variables.PULUMI_HOME || accountHome();

/** The one that this user's engine gets. */
export const pulumiHome = (user: NodeJS.ProcessEnv): string => engineHome({ ...user, ...homeFor(user, loginOf(user)) });

/** A user's own login: the backend, and the Pulumi home whose credentials name it. */
interface Login {
  backend: string;
  home?: string;
}

/** The backend that the user is logged in to, by an access token or by the credentials of an earlier `pulumi login`. */
function loginOf(user: NodeJS.ProcessEnv): Login | undefined {
  if (user.PULUMI_BACKEND_URL !== undefined) return undefined;
  const logins = pulumiHomes(user).flatMap((home) => {
    const backend = currentBackend(home);
    return backend === undefined ? [] : [{ backend, home }];
  });
  if (user.PULUMI_ACCESS_TOKEN !== undefined) return logins[0] ?? { backend: "https://api.pulumi.com" };
  return logins[0];
}

/** The engine goes by the home of the user's account, whatever $HOME says; a login under $HOME is one all the same. */
function pulumiHomes(user: NodeJS.ProcessEnv): string[] {
  if (user.PULUMI_HOME !== undefined) return [user.PULUMI_HOME];
  return [...(user.HOME ? [join(user.HOME, ".pulumi")] : []), accountHome()].filter(
    (home, index, all) => all.indexOf(home) === index,
  );
}

const accountHome = (): string => join(userInfo().homedir, ".pulumi");

/** Named where engine and Strata could take two different ones for it. */
function homeFor(user: NodeJS.ProcessEnv, login: Login | undefined): Record<string, string> {
  if (usesOwnHome(user)) return { PULUMI_HOME: ownHome() };
  if (user.PULUMI_HOME !== undefined || login?.home === undefined || login.home === accountHome()) return {};
  return { PULUMI_HOME: login.home };
}

function isCloud(backend: string | undefined): boolean {
  return backend !== undefined && /^https?:/.test(backend);
}

const credentialsSchema = z.looseObject({ current: z.string().optional() });

/**
 * Where `pulumi login` was last made to, by the credentials in a Pulumi home. What is not readable is no login: `pulumi` itself
 * says what is wrong with it.
 */
export function currentBackend(home: string): string | undefined {
  const file = join(home, "credentials.json");
  if (!existsSync(file)) return undefined;
  try {
    return credentialsSchema.parse(JSON.parse(readFileSync(file, "utf8"))).current || undefined;
  } catch {
    return undefined;
  }
}
