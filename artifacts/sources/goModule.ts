import { mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { goModules, type GoModule } from "../go/modules.ts";
import { hostDistribution } from "../machine-image/host.ts";
import { buildEntry } from "../store/build.ts";
import { sha256OfFile } from "../store/checksum.ts";
import { readRecord, type EntryName } from "../store/entry.ts";
import { ArtifactError } from "../store/errors.ts";
import { keyOf } from "../store/inputs.ts";
import type { Progress, Report } from "../store/progress.ts";
import { run } from "../store/run.ts";

const modules = join(import.meta.dirname, "../go");
/** Programs, and what the Go client keeps of its work. */
const neededBytes = 4e9;
const usualLimitSeconds = 40 * 60;
/** Packages between two reports of a build. */
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

/** The Go client's line for a package that it compiles: its path and nothing else. */
function isPackage(line: string): boolean {
  return /^[\w.~/-]+$/.test(line);
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
  const go = {
    command: "go",
    directory: join(modules, name),
    limitSeconds,
    environment: { ...environment, GOFLAGS: "", GOWORK: "off" },
  };
  const what = `building ${name} ${version} from its Go modules`;
  const client = await run({ ...go, what, args: ["env", "GOVERSION"] }).catch((error: unknown) => {
    throw new ArtifactError(
      `${what}: there is no Go client to build it with; install Go from https://go.dev/dl/ (or the package golang-go) so ` +
        "that go is on PATH, or bring the file yourself: strata mirror add",
      { cause: error },
    );
  });
  // Listing fetches just what the build needs. Not `go mod download`: it wants the metadata of every module, which
  // proxies do not serve for each version that they do serve.
  report("fetching Go modules");
  const list = await run({ ...go, what, args: ["list", ...flags.modules, "-deps", ...packages] });
  const total = list.split("\n").length;
  const output = join(target, "output");
  mkdirSync(output);
  report(`compiling at most ${total} packages`);
  let compiled = 0;
  const problems: string[] = [];
  await run({
    ...go,
    what,
    args: ["build", "-v", ...flags.modules, ...flags.build, "-o", `${output}/`, ...packages],
    lines: "all",
    onLine: (line) => {
      if (!isPackage(line)) problems.push(line);
      else if (++compiled % toldEvery === 0) report(`compiled ${compiled} of at most ${total} packages`);
    },
  }).catch((error: unknown) => {
    // What went wrong is somewhere between the names of all packages that were compiled.
    throw problems.length === 0
      ? error
      : new ArtifactError(`${what} failed:\n${problems.slice(-15).join("\n")}`, { cause: error });
  });
  for (const built of readdirSync(output)) renameSync(join(output, built), join(target, renamed[built] ?? built));
  rmdirSync(output);
  return client.trim();
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
