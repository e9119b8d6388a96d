import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../../providers/kit/plain/errors.ts";
import { download, isDiskFault } from "../download.ts";
import { buildWithGo } from "../goBuild.ts";
import { publishedChecksum } from "../publishedChecksum.ts";
import { runCommand } from "../runCommand.ts";
import type { Report } from "../step.ts";
import { buildFlags, engineVersion, modulePath, officialDirectory, platform } from "./recipe.ts";
import { earlierBuild, publish, storeBuilt, temporaryDirectory } from "./store.ts";

const releases = "https://get.pulumi.com/releases/sdk";

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
    const reason = messageOf(error);
    if (isDiskFault(error)) throw new Error(`the Pulumi engine can't be had: ${reason}; mend this and try again`);
    report({
      phase: "fallback",
      text: "the official release can't be had, building from Go modules",
      detail: reason,
    });
    await buildEngine(report, signal).catch((buildError: unknown) => {
      signal.throwIfAborted();
      const message = messageOf(buildError);
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
  report({ phase: "search", text: "looking for the official release", detail: archive });
  const list = `pulumi-${engineVersion}-checksums.txt`;
  const sha256 = await publishedChecksum(
    { repository: "pulumi/pulumi", version: engineVersion, list },
    archive,
    signal,
  );
  const temporary = await temporaryDirectory();
  try {
    const file = join(temporary, archive);
    await download(`${releases}/${archive}`, file, sha256, report, signal);
    report({ phase: "unpack", text: "unpacking", detail: archive });
    const unpacked = join(temporary, "unpacked");
    await mkdir(unpacked);
    await runCommand("tar", ["-xzf", file, "-C", unpacked, "--strip-components=1"], { limitMs: 300_000, signal });
    await rm(file);
    await publish(unpacked, officialDirectory(), { source: "official" });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Builds the engine with the Go client, as setup/engine/go.mod and go.sum pin it. */
export async function buildEngine(report: Report, signal: AbortSignal): Promise<void> {
  const temporary = await temporaryDirectory();
  try {
    const output = join(temporary, "pulumi");
    const directory = import.meta.dirname;
    await buildWithGo({ directory, packages: [modulePath], flags: buildFlags, output }, report, signal);
    await storeBuilt(output);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}
