import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compile } from "./compile.ts";

const providers = join(import.meta.dirname, "..");
const root = join(providers, "..");

/**
 * Packs a plugin that imports nothing but the kit, and its SDK, as one npm package that needs nothing else of this tree:
 * the plugin's folder and the kit's side by side, as they are here.
 *
 * @param name folder of providers/, the plugin's name.
 * @param directory where the package goes; it is made.
 * @returns the package's file.
 */
export function pack(name: string, directory: string): string {
  mkdirSync(directory, { recursive: true });
  const content = mkdtempSync(join(directory, ".new-"));
  try {
    writeContent(name, content);
    const options = ["--loglevel=error", "--pack-destination", directory];
    return join(directory, execFileSync("npm", ["pack", content, ...options], { encoding: "utf8" }).trim());
  } finally {
    rmSync(content, { recursive: true });
  }
}

function writeContent(name: string, content: string): void {
  const folders = ["kit", name];
  for (const folder of folders) {
    cpSync(join(providers, folder), join(content, folder), { recursive: true, filter: isNoSource });
  }
  const launcher = join(content, name, `pulumi-resource-${name}`);
  writeFileSync(launcher, readFileSync(launcher, "utf8").replace("/main.ts", "/main.js"));
  const imported = compile(folders, content);
  writeFileSync(join(content, "package.json"), JSON.stringify(manifest(name, folders, imported), null, 2));
  cpSync(join(root, "LICENSE"), join(content, "LICENSE"));
}

const isNoSource = (path: string): boolean => !path.endsWith(".ts") && !path.endsWith("/sdk/package.json");

interface Manifest {
  engines: object;
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
}

/** The SDK's, with what the plugin imports, in the versions that this tree is tested with. */
function manifest(name: string, files: string[], imported: string[]): object {
  const tree = readManifest("package.json");
  const sdk = readManifest(`providers/${name}/sdk/package.json`);
  const own = imported.filter((dependency) => !(dependency in sdk.peerDependencies));
  return {
    ...sdk,
    private: undefined,
    exports: `./${name}/sdk/index.js`,
    files,
    engines: tree.engines,
    dependencies: Object.fromEntries(own.map((dependency) => [dependency, tree.dependencies[dependency]])),
  };
}

const readManifest = (path: string): Manifest => JSON.parse(readFileSync(join(root, path), "utf8")) as Manifest;
