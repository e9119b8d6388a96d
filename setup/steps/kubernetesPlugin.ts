import { existsSync, lstatSync, readlinkSync } from "node:fs";
import { mkdir, rename, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { messageOf } from "../../providers/kit/plain/errors.ts";
import { usesOwnHome } from "../pulumi/environment.ts";
import { buildPlugin, builtPluginDirectory, builtPluginProblem, pluginFile } from "../kubernetes-plugin/build.ts";
import { isDiskFault } from "../download.ts";
import {
  installOfficialPlugin,
  pluginDirectory,
  pluginVersion,
  type OfficialPlugin,
} from "../pulumi/officialPlugin.ts";
import { executablesDirectory } from "../pulumi/statePaths.ts";
import type { Finding, Report, Step } from "../step.ts";

/** 100 MB, compressed. */
const plugin: OfficialPlugin = { name: "kubernetes", downloadLimitMs: 900_000 };

/** The plugin behind @pulumi/kubernetes: the official one, or the same built from its Go modules. Only testbeds with Kubernetes need it. */
export const kubernetesPluginStep: Step = {
  name: "kubernetes plugin",
  title: "Pulumi plugin kubernetes",
  needs: ["engine", "state"],
  check,
  do: install,
};

/** Folder of the plugin, where it is there; unlike the step's check it reads no checksums, so that it costs a preview nothing. */
export function kubernetesPluginDirectory(): string | undefined {
  return installed()?.directory;
}

/** Whether the cache has it, so that to install it is to link it. */
export async function kubernetesPluginIsBuilt(): Promise<boolean> {
  return (await builtPluginProblem(pluginVersion(plugin))) === undefined;
}

async function check(): Promise<Finding> {
  const fix = "Run ./strata setup --kubernetes.";
  const version = pluginVersion(plugin);
  const found = installed();
  if (found === undefined) return { state: "missing", detail: `plugin kubernetes ${version} is not installed`, fix };
  if (found.source === "official") return { state: "ready", detail: `${version}, official` };
  const problem = await builtPluginProblem(version);
  if (problem !== undefined) return { state: "missing", detail: `the built plugin is corrupt: ${problem}`, fix };
  return { state: "ready", detail: `${version}, built from Go modules` };
}

function installed(): { source: "official" | "built"; directory: string } | undefined {
  const official = join(pluginDirectory(plugin), pluginFile);
  const file = [official, linkFile()].find((candidate) => existsSync(candidate));
  if (file === undefined) return undefined;
  const directory = dirname(file);
  if (!lstatSync(file).isSymbolicLink()) return { source: "official", directory };
  // A link to what another recipe gave is out of date.
  const current = readlinkSync(file) === join(builtPluginDirectory(pluginVersion(plugin)), pluginFile);
  return current ? { source: "built", directory } : undefined;
}

async function install(report: Report, signal: AbortSignal): Promise<void> {
  const version = pluginVersion(plugin);
  if ((await builtPluginProblem(version)) !== undefined) {
    try {
      await installOfficialPlugin(plugin, report, signal);
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (isDiskFault(error)) throw error;
      const text = "the official plugin can't be had, building from Go modules";
      report({ phase: "fallback", text, detail: messageOf(error) });
      await build(version, messageOf(error), report, signal);
    }
  }
  const file = linkFile();
  await mkdir(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  await rm(temporary, { force: true });
  await symlink(join(builtPluginDirectory(version), pluginFile), temporary);
  await rename(temporary, file);
}

async function build(version: string, reason: string, report: Report, signal: AbortSignal): Promise<void> {
  await buildPlugin(version, report, signal).catch((error: unknown) => {
    signal.throwIfAborted();
    throw new Error(
      `Neither way to the Pulumi plugin kubernetes works. Official release: ${reason}. Build: ${messageOf(error)}\n` +
        `Mend one of them, or install it yourself: pulumi plugin install resource kubernetes ${version}.`,
      { cause: error },
    );
  });
}

/** In this checkout's own Pulumi home; where that is shared with other projects, on the PATH of `strata env`. */
function linkFile(): string {
  return join(usesOwnHome(process.env) ? pluginDirectory(plugin) : executablesDirectory(), pluginFile);
}
