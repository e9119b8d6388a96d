import { chmod } from "node:fs/promises";
import { findExecutable, isAtLeast } from "./executables.ts";
import { runCommand } from "./runCommand.ts";
import type { Report } from "./step.ts";

/** Since this version the go command fetches the toolchain that go.mod asks for. */
const oldestGo = "1.21";

/** Programs of the size built here took 12 minutes with both cores busy otherwise, cold. */
const buildLimitMs = 60 * 60_000;

export interface GoProgram {
  /** Folder with go.mod and go.sum, which pin all modules. */
  directory: string;
  /** What is built: a package's import path, or "." for the folder's own. */
  package: string;
  flags: readonly string[];
  /** The program's file. */
  output: string;
}

/** Without these a build depends on where and from what checkout it is made. */
export const reproducible: readonly string[] = ["-mod=readonly", "-trimpath", "-buildvcs=false"];

/** Builds a program with the Go client, without C. @throws Error with what failed and, without a Go client, the fix. */
export async function buildGoProgram(program: GoProgram, report: Report, signal: AbortSignal): Promise<void> {
  await requireGo(signal);
  const go = {
    cwd: program.directory,
    env: { CGO_ENABLED: "0", GOFLAGS: "", GOWORK: "off" },
    limitMs: buildLimitMs,
    signal,
  };
  // Listing fetches just what the build needs. Not `go mod download`: it wants the metadata of every module, which
  // proxies do not serve for each version that they do serve.
  report("downloading Go modules");
  let downloads = 0;
  const packages = await runCommand("go", ["list", "-mod=readonly", "-deps", program.package], {
    ...go,
    onLine: (line) => {
      if (line.startsWith("go: downloading "))
        report("downloading Go modules", `${++downloads}: ${line.split(" ")[2] ?? ""}`);
    },
  });
  const total = packages.split("\n").length;
  let compiled = 0;
  await runCommand("go", ["build", "-v", ...program.flags, "-o", program.output, program.package], {
    ...go,
    onLine: (line) => {
      if (!line.startsWith("go: ")) report("compiling", `${++compiled} of at most ${total} packages`);
    },
  });
  await chmod(program.output, 0o755);
}

/** Where a module that a folder's go.mod names has been unpacked; fetches it when it is not there. */
export async function goModuleDirectory(directory: string, module: string, signal: AbortSignal): Promise<string> {
  await requireGo(signal);
  const options = { cwd: directory, env: { GOFLAGS: "-mod=readonly", GOWORK: "off" }, limitMs: 600_000, signal };
  const text = await runCommand("go", ["mod", "download", "-json", module], options);
  return (JSON.parse(text) as { Dir: string }).Dir;
}

async function requireGo(signal: AbortSignal): Promise<void> {
  const fix = "Install Go from https://go.dev/dl/ (or a package golang-go that is new enough) so that go is on PATH";
  if (findExecutable("go") === undefined) throw new Error(`there is no Go to build it with. ${fix}`);
  const text = await runCommand("go", ["env", "GOVERSION"], { limitMs: 60_000, signal });
  if (!isAtLeast(text, oldestGo))
    throw new Error(`${text.trim()} is too old, ${oldestGo} is the oldest that can build it. ${fix}`);
}
