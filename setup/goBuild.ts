import { chmod } from "node:fs/promises";
import { findExecutable, isAtLeast } from "./executables.ts";
import { runCommand, type CommandOptions } from "./runCommand.ts";
import type { Report } from "./step.ts";

/** Since this version the go command fetches the toolchain that go.mod asks for. */
const oldestGo = "1.21";

/** Programs of the size built here took 12 minutes with both cores busy otherwise, cold. */
const buildLimitMs = 60 * 60_000;
const shownProblems = 15;

export interface GoBuild {
  /** Folder with the module files, which pin all modules. */
  directory: string;
  /** What is built: import paths, or "." for the folder's own. */
  packages: readonly string[];
  /** Of `go build`; those about modules hold for `go list` too. */
  flags: readonly string[];
  /** CGO_ENABLED, GOOS, GOARCH; without C for this machine by default. */
  environment?: Record<string, string>;
  /** The program's file; with several packages a folder, with a slash at its end. */
  output: string;
  /** 60 minutes by default. */
  limitMs?: number;
}

/** Without these a build depends on where and from what checkout it is made. */
export const reproducible: readonly string[] = ["-mod=readonly", "-trimpath", "-buildvcs=false"];

/**
 * Builds programs with the Go client.
 *
 * @returns the Go client's version.
 * @throws Error with what failed and, without a Go client, the fix.
 */
export async function buildWithGo(build: GoBuild, report: Report, signal: AbortSignal): Promise<string> {
  const version = await requireGo(signal);
  const go = {
    cwd: build.directory,
    env: { CGO_ENABLED: "0", ...build.environment, GOFLAGS: "", GOWORK: "off" },
    limitMs: build.limitMs ?? buildLimitMs,
    signal,
  };
  const about = build.flags.filter((flag) => flag.startsWith("-mod"));
  // Listing fetches just what the build needs. Not `go mod download`: it wants the metadata of every module, which
  // proxies do not serve for each version that they do serve.
  const downloading = { phase: "download", text: "downloading Go modules" } as const;
  report(downloading);
  let downloads = 0;
  const packages = await runCommand("go", ["list", ...about, "-deps", ...build.packages], {
    ...go,
    onLine: (line) => {
      if (!line.startsWith("go: downloading ")) return;
      const detail = `${++downloads}: ${line.split(" ")[2] ?? ""}`;
      report({ ...downloading, detail, counts: { done: downloads, unit: "modules" } });
    },
  });
  await compile(build, go, packages.split("\n").length, report);
  return version;
}

async function compile(build: GoBuild, go: CommandOptions, total: number, report: Report): Promise<void> {
  let compiled = 0;
  const problems: string[] = [];
  await runCommand("go", ["build", "-v", ...build.flags, "-o", build.output, ...build.packages], {
    ...go,
    onLine: (line) => {
      if (isPackage(line)) {
        const detail = `${++compiled} of at most ${total} packages`;
        report({ phase: "compile", text: "compiling", detail, counts: { done: compiled, total, unit: "packages" } });
      } else if (!line.startsWith("go: downloading ")) problems.push(line);
    },
  }).catch((error: unknown) => {
    go.signal.throwIfAborted();
    // What went wrong is somewhere between the names of all packages that were compiled.
    throw problems.length === 0
      ? error
      : new Error(`go build failed:\n${problems.slice(-shownProblems).join("\n")}`, { cause: error });
  });
  if (!build.output.endsWith("/")) await chmod(build.output, 0o755);
}

/** The Go client's line for a package that it compiles: its path and nothing else. */
function isPackage(line: string): boolean {
  return /^[\w.~/-]+$/.test(line);
}

/** Where a module that a folder's go.mod names has been unpacked; fetches it when it is not there. */
export async function goModuleDirectory(directory: string, module: string, signal: AbortSignal): Promise<string> {
  await requireGo(signal);
  const options = { cwd: directory, env: { GOFLAGS: "-mod=readonly", GOWORK: "off" }, limitMs: 600_000, signal };
  const text = await runCommand("go", ["mod", "download", "-json", module], options);
  return (JSON.parse(text) as { Dir: string }).Dir;
}

async function requireGo(signal: AbortSignal): Promise<string> {
  const fix = "Install Go from https://go.dev/dl/ (or a package golang-go that is new enough) so that go is on PATH";
  if (findExecutable("go") === undefined) throw new Error(`there is no Go to build it with. ${fix}`);
  const text = await runCommand("go", ["env", "GOVERSION"], { limitMs: 60_000, signal });
  if (!isAtLeast(text, oldestGo))
    throw new Error(`${text.trim()} is too old, ${oldestGo} is the oldest that can build it. ${fix}`);
  return text.trim();
}
