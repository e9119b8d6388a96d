import { readFileSync } from "node:fs";
import { join } from "node:path";
import { requireReachable } from "../download.ts";
import { pulumiEnvironment, pulumiHome } from "./environment.ts";
import { publishedChecksum } from "../publishedChecksum.ts";
import { runCommand } from "../runCommand.ts";
import { repository } from "./statePaths.ts";
import type { Report } from "../step.ts";

/** A resource plugin that Pulumi publishes, with the SDK it belongs to. */
export interface OfficialPlugin {
  /** "command", of npm's @pulumi/command. */
  name: string;
  /** How long its download may take. */
  downloadLimitMs: number;
}

/** @throws Error when it can't be had; soon, where there is no network. */
export async function installOfficialPlugin(
  plugin: OfficialPlugin,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const version = pluginVersion(plugin);
  report({ phase: "search", text: "looking for the official plugin", detail: `${plugin.name} ${version}` });
  const environment = pulumiEnvironment();
  // Pulumi tries again and again where there is no network: look first.
  await requireReachable(`https://get.pulumi.com/releases/plugins/${archiveName(plugin)}`, signal);
  const list = `pulumi-${plugin.name}_${version}_checksums.txt`;
  const release = { repository: `pulumi/pulumi-${plugin.name}`, version, list };
  const sha256 = await publishedChecksum(release, archiveName(plugin), signal);
  await runCommand("pulumi", ["plugin", "install", "resource", plugin.name, version, "--checksum", sha256], {
    env: environment,
    limitMs: plugin.downloadLimitMs,
    signal,
  });
}

/** Where Pulumi looks for it, whoever put it there. */
export function pluginDirectory(plugin: OfficialPlugin): string {
  return join(pulumiHome(process.env), "plugins", `resource-${plugin.name}-v${pluginVersion(plugin)}`);
}

/** The SDK's version: the plugin of the same version belongs to it. */
export function pluginVersion({ name }: OfficialPlugin): string {
  const manifest = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  return manifest.dependencies[`@pulumi/${name}`] ?? "";
}

function archiveName(plugin: OfficialPlugin): string {
  const arch = process.arch === "x64" ? "amd64" : process.arch;
  return `pulumi-resource-${plugin.name}-v${pluginVersion(plugin)}-${process.platform}-${arch}.tar.gz`;
}
