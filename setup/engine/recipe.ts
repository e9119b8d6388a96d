import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cacheDirectory } from "../../local/cacheDirectory.ts";
import { reproducible } from "../goBuild.ts";
import { recipeHash } from "../hash.ts";

/** The engine that Strata installs and is tested with. */
export const engineVersion = "3.274.1";

/** The oldest engine on PATH that is used as it is: since then plugins can be named by path and config can be nested. */
export const oldestEngine = "3.150.0";

export const modulePath = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";

/** Without the version stamp `pulumi version` is empty, and the Automation API refuses such an engine. */
export const buildFlags: readonly string[] = [
  ...reproducible,
  `-ldflags=-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${engineVersion}`,
];

export const languageHostDirectory = join(import.meta.dirname, "../language-host");
/** They are copied beside the engine. ownPeers.ts is a link to the plugins' own, which must lie with them. */
export const languageHostFiles: readonly string[] = ["pulumi-language-nodejs", "host.ts", "ownPeers.ts"];

/** What this machine is, in Node's words: "linux-x64", "linux-arm64". Releases of Pulumi are named so, too. */
export const platform = `${process.platform}-${process.arch}`;

/** Hash of all that decides what a build gives. */
export function buildKey(): string {
  const read = (name: string): string => readFileSync(join(import.meta.dirname, name), "utf8");
  return recipeHash(["built", platform, read("go.mod"), read("go.sum"), ...buildFlags]);
}

/** Where the built engine goes, with our language host beside it. */
export function builtDirectory(): string {
  const host = languageHostFiles.map((name) => readFileSync(join(languageHostDirectory, name), "utf8"));
  return join(cacheDirectory(), "engine", recipeHash([buildKey(), ...host]));
}

/** Where the official release goes; it brings its own language host. */
export function officialDirectory(): string {
  return join(cacheDirectory(), "engine", recipeHash(["official", platform, engineVersion]));
}
