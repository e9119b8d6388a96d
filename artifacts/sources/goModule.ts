import { mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../providers/kit/plain/errors.ts";
import { goModules, type GoModule } from "../go/modules.ts";
import { hostDistribution } from "./host.ts";
import { buildWithGo } from "../../setup/goBuild.ts";
import { buildEntry } from "../store/build.ts";
import { cancelSignal } from "../store/cancel.ts";
import { sha256OfFile } from "../store/checksum.ts";
import { readRecord, type EntryName } from "../store/entry.ts";
import { ArtifactError } from "../store/errors.ts";
import { keyOf } from "../store/inputs.ts";
import type { Progress, Report } from "../store/progress.ts";

const modules = join(import.meta.dirname, "../go");
/** Programs, and what the Go client keeps of its work. */
const neededBytes = 4e9;
const usualLimitSeconds = 40 * 60;
/** Modules or packages between two reports of a build. */
const toldEvery = 200;

/** What a build gives: programs by name. */
export interface Programs {
  key: string;
  directory: string;
}

/** Hash of all that decides what a build gives, but for the Go client that happens to be there. */
export function goModuleKey(name: string, version: string): string {
  return keyOf({ ...recipe(name, version), sources: sourcesOf(name, version) });
}

/**
 * Gives the programs of one of go/'s modules from the store, building them where they are missing or corrupt.
 *
 * @param version "1.35.4"; of a program of our own, any.
 * @throws ArtifactError when there is no Go client, or the build fails.
 */
export async function buildGoModule(name: string, version: string, progress?: Progress): Promise<Programs> {
  const module = moduleNamed(name);
  const entry: EntryName = { kind: "go", key: goModuleKey(name, version), record: "go.json" };
  const limitSeconds = module.limitSeconds ?? usualLimitSeconds;
  const { directory } = await buildEntry({
    name: entry,
    what: module.own ? name : `${name} ${version}`,
    neededBytes,
    limitSeconds,
    progress,
    make: async (target, report) => ({
      module: name,
      version,
      go: await oneAtATime(() => compile({ name, version, target, limitSeconds }, report)),
    }),
  });
  return { key: entry.key, directory };
}

/** Which Go client built it, and from which modules: for who asks where a program comes from. */
export function goModuleRecord(name: string, version: string): { go: string } {
  const entry: EntryName = { kind: "go", key: goModuleKey(name, version), record: "go.json" };
  return readRecord(entry) as unknown as { go: string };
}

let last: Promise<unknown> = Promise.resolve();

/** A build uses all cores by itself; several at once would only need more memory. */
function oneAtATime<T>(work: () => Promise<T>): Promise<T> {
  const mine = last.then(work, work);
  last = mine;
  return mine;
}

interface Build {
  name: string;
  version: string;
  target: string;
  limitSeconds: number;
}

/** @returns the version of the Go client. */
async function compile({ name, version, target, limitSeconds }: Build, report: Report): Promise<string> {
  const { packages, flags, environment, renamed } = recipe(name, version);
  const output = join(target, "output");
  mkdirSync(output);
  const build = {
    directory: join(modules, name),
    packages,
    flags: [...flags.modules, ...flags.build],
    environment,
    output: `${output}/`,
    limitMs: limitSeconds * 1000,
  };
  const signal = cancelSignal() ?? new AbortController().signal;
  const client = await buildWithGo(build, sparingly(report), signal).catch((error: unknown) => {
    signal.throwIfAborted();
    const reason = messageOf(error);
    throw new ArtifactError(
      `${name} ${version} can't be built from its Go modules: ${reason}\nOr bring the file yourself: strata mirror add`,
      { cause: error },
    );
  });
  for (const built of readdirSync(output)) renameSync(join(output, built), join(target, renamed[built] ?? built));
  rmdirSync(output);
  return client;
}

/** Several builds' lines stand among each other here, so not every package is one. */
function sparingly(report: Report): Report {
  let told = 0;
  return ({ detail, ...activity }) => {
    if (detail === undefined) report(activity);
    else if (++told % toldEvery === 0) report({ ...activity, text: `${activity.text} (${detail})` });
  };
}

/** The build as plain data. */
function recipe(name: string, version: string) {
  const module = moduleNamed(name);
  const { architecture } = hostDistribution();
  const stamps = Object.entries(module.stamps?.(version) ?? {}).map(([variable, value]) => `-X ${variable}=${value}`);
  const linking = ["-s", "-w", ...(module.cgo ? ["-linkmode external", "-extldflags -static"] : []), ...stamps];
  return {
    packages: module.own ? ["."] : toolsOf(modFile(name, version)),
    renamed: module.renamed ?? {},
    environment: { CGO_ENABLED: module.cgo ? "1" : "0", GOOS: "linux", GOARCH: architecture },
    flags: {
      modules: ["-mod=readonly", ...(module.own ? [] : [`-modfile=${version}.mod`])],
      build: [
        "-trimpath",
        "-buildvcs=false",
        `-tags=${(module.tags ?? []).join(",")}`,
        `-ldflags=${linking.join(" ")}`,
      ],
    },
  };
}

function moduleNamed(name: string): GoModule {
  const module = goModules[name];
  if (module === undefined) throw new Error(`artifacts/go/modules.ts has no module ${name}`);
  return module;
}

function modFile(name: string, version: string): string {
  return join(modules, name, `${version}.mod`);
}

/** The programs that a module file names: its `tool` lines. */
function toolsOf(file: string): string[] {
  const text = readFileSync(file, "utf8");
  const block = /^tool \(\n([^)]*)\)/m.exec(text)?.[1]?.trim().split(/\s+/) ?? [];
  const single = /^tool ([^(\s]\S*)$/m.exec(text)?.[1];
  return single === undefined ? block : [single, ...block];
}

/** Checksums of what the module's folder holds for this version: stand-ins for other modules, which all versions share, too. */
function sourcesOf(name: string, version: string): Record<string, string> {
  const folder = join(modules, name);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter(
      (path) =>
        !/\.(mod|sum)$/.test(path) || path.includes("/") || goModules[name]?.own || path.startsWith(`${version}.`),
    )
    .sort();
  return Object.fromEntries(files.map((path) => [path, sha256OfFile(join(folder, path))]));
}
