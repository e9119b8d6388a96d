import { chmod, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { download, fetchText } from "../download.ts";
import { runCommand } from "../runCommand.ts";
import type { Report } from "../step.ts";
import { findExecutable, isAtLeast } from "./find.ts";
import { buildFlags, engineVersion, modulePath, officialDirectory, platform } from "./recipe.ts";
import { earlierBuild, publish, storeBuilt, temporaryDirectory } from "./store.ts";
import { reasonOf } from "../reasonOf.ts";

const releases = "https://get.pulumi.com/releases/sdk";

/** Since this version the go command fetches the toolchain that go.mod asks for. */
const oldestGo = "1.21";

/** Cold, with both cores busy otherwise, the build took 12 minutes here. */
const buildLimitMs = 60 * 60_000;

/** Installs the official release, or, where that can't be had, builds the engine from its Go modules. */
export async function installEngine(report: Report, signal: AbortSignal): Promise<void> {
  const earlier = await earlierBuild();
  if (earlier !== undefined) {
    await storeBuilt(earlier);
    return;
  }
  try {
    await installOfficial(report, signal);
  } catch (error) {
    signal.throwIfAborted();
    const reason = reasonOf(error);
    report("the official release can't be had, building from Go modules", reason);
    await buildEngine(report, signal).catch((buildError: unknown) => {
      signal.throwIfAborted();
      const message = reasonOf(buildError);
      throw new Error(
        `Neither way to the Pulumi engine works. Official release: ${reason}. Build: ${message}\n` +
          `Mend one of them, or install pulumi ${engineVersion} yourself so that it is on PATH.`,
        { cause: buildError },
      );
    });
  }
}

async function installOfficial(report: Report, signal: AbortSignal): Promise<void> {
  const archive = `pulumi-v${engineVersion}-${platform}.tar.gz`;
  report("looking for the official release", archive);
  const sums = await fetchText(`${releases}/pulumi-${engineVersion}-checksums.txt`, signal);
  const sha256 = checksumFor(archive, sums);
  const temporary = await temporaryDirectory();
  try {
    const file = join(temporary, archive);
    await download(`${releases}/${archive}`, file, sha256, report, signal);
    report("unpacking", archive);
    const unpacked = join(temporary, "unpacked");
    await mkdir(unpacked);
    await runCommand("tar", ["-xzf", file, "-C", unpacked, "--strip-components=1"], { limitMs: 300_000, signal });
    await rm(file);
    await publish(unpacked, officialDirectory(), { source: "official" });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** @throws Error when the publisher's list (lines of "SHA-256  name") does not have the file. */
export function checksumFor(name: string, list: string): string {
  const line = list.split("\n").find((candidate) => candidate.trim().split(/\s+/)[1] === name);
  const sha256 = line?.trim().split(/\s+/)[0] ?? "";
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Error(`the publisher's list of checksums has none for ${name}`);
  return sha256;
}

/** Builds the engine with the Go client, as setup/engine/go.mod and go.sum pin it. */
export async function buildEngine(report: Report, signal: AbortSignal): Promise<void> {
  await requireGo(signal);
  const temporary = await temporaryDirectory();
  const go = {
    cwd: import.meta.dirname,
    env: { CGO_ENABLED: "0", GOFLAGS: "", GOWORK: "off" },
    limitMs: buildLimitMs,
    signal,
  };
  try {
    // Listing fetches just what the build needs. Not `go mod download`: it wants the metadata of every module, which
    // proxies do not serve for each version that they do serve.
    report("downloading Go modules");
    let downloads = 0;
    const packages = await runCommand("go", ["list", "-mod=readonly", "-deps", modulePath], {
      ...go,
      onLine: (line) => {
        if (line.startsWith("go: downloading "))
          report("downloading Go modules", `${++downloads}: ${line.split(" ")[2] ?? ""}`);
      },
    });
    const total = packages.split("\n").length;
    const binary = join(temporary, "pulumi");
    let compiled = 0;
    await runCommand("go", ["build", "-v", ...buildFlags, "-o", binary, modulePath], {
      ...go,
      onLine: (line) => {
        if (!line.startsWith("go: ")) report("compiling", `${++compiled} of at most ${total} packages`);
      },
    });
    await chmod(binary, 0o755);
    await storeBuilt(binary);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function requireGo(signal: AbortSignal): Promise<void> {
  const fix = "Install Go from https://go.dev/dl/ (or a package golang-go that is new enough) so that go is on PATH";
  if (findExecutable("go") === undefined) throw new Error(`there is no Go to build it with. ${fix}`);
  const text = await runCommand("go", ["env", "GOVERSION"], { limitMs: 60_000, signal });
  if (!isAtLeast(text, oldestGo))
    throw new Error(`${text.trim()} is too old, ${oldestGo} is the oldest that can build it. ${fix}`);
}
