import { readFileSync } from "node:fs";
import { copyFile, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheDirectory } from "../../local/cacheDirectory.ts";
import { buildWithGo, goModuleDirectory, reproducible } from "../goBuild.ts";
import { recipeHash } from "../hash.ts";
import type { Report } from "../step.ts";
import { folderProblem, publishFolder, temporaryFolder, type FolderKind } from "../storedFolder.ts";

const plugins: FolderKind = { name: "kubernetes-plugin", record: "plugin.json" };
const sources = ["go.mod", "go.sum", "main.go"] as const;
const module = "github.com/pulumi/pulumi-kubernetes/provider/v4";
export const pluginFile = "pulumi-resource-kubernetes";

/** Where a plugin that calls itself by this version goes, named by the hash of all that decides what the build gives. */
export function builtPluginDirectory(version: string): string {
  const read = sources.map((name) => readFileSync(join(import.meta.dirname, name), "utf8"));
  const key = recipeHash([`${process.platform}-${process.arch}`, version, ...read, ...flags(version)]);
  return join(cacheDirectory(), plugins.name, key);
}

/** @returns what is wrong with the built plugin, or undefined when it is what it was. */
export async function builtPluginProblem(version: string): Promise<string | undefined> {
  return folderProblem(plugins, builtPluginDirectory(version));
}

/**
 * Builds the plugin from its Go modules, as go.mod and go.sum beside this file pin them, unless it is there already.
 *
 * @param version the SDK's, which the plugin is asked for. No proxy serves the module under its release's number, only
 * under a commit's: the same interface, some releases of resources for newer versions of Kubernetes apart.
 */
export async function buildPlugin(version: string, report: Report, signal: AbortSignal): Promise<void> {
  if ((await builtPluginProblem(version)) === undefined) return;
  const source = await temporaryFolder(plugins);
  const target = await temporaryFolder(plugins);
  try {
    for (const name of sources) await copyFile(join(import.meta.dirname, name), join(source, name));
    report({ phase: "download", text: "fetching the plugin's schema", detail: module });
    const from = join(await goModuleDirectory(source, module, signal), "cmd", pluginFile);
    const schema = JSON.parse(await readFile(join(from, "schema.json"), "utf8")) as object;
    await writeFile(join(source, "schema-embed.json"), JSON.stringify({ ...schema, version }));
    const mapping = JSON.parse(await readFile(join(from, "terraform-mapping.json"), "utf8")) as object;
    await writeFile(join(source, "terraform-mapping-embed.json"), JSON.stringify(mapping));
    const output = join(target, pluginFile);
    await buildWithGo({ directory: source, packages: ["."], flags: flags(version), output }, report, signal);
    await publishFolder(plugins, target, builtPluginDirectory(version), { source: "built", version });
  } finally {
    for (const folder of [source, target]) await rm(folder, { recursive: true, force: true });
  }
}

const flags = (version: string): string[] => [
  ...reproducible,
  `-ldflags=-s -w -X ${module}/pkg/version.Version=${version}`,
];
