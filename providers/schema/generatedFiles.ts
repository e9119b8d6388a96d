import { format } from "prettier";
import type { PackageSpec } from "./spec.ts";
import { packageSpec, type Package } from "./packageSpec.ts";
import { sdkFiles } from "./sdk/index.ts";

const layout = { printWidth: 120, arrowParens: "always" } as const;

const head = "// Generated from the plugin's own definitions (npm run schema).\n\n";

/** All that is generated for a plugin, by path from its folder, formatted as the rest of the tree. */
export async function generatedFiles<Context>(plugin: Package<Context>, pulumi: string): Promise<Map<string, string>> {
  const spec = await packageSpec(plugin);
  const sdk = Object.entries(sdkFiles(spec)).map(([name, text]) => [`sdk/${name}`, head + text] as const);
  const files = [
    ["schema.json", JSON.stringify(spec, null, 2)],
    ["sdk/package.json", JSON.stringify(npmPackage(spec, pulumi), null, 2)],
    ...sdk,
  ] as const;
  const formatted = files.map(async ([path, text]) => {
    const parser = path.endsWith(".json") ? "json" : "typescript";
    return [path, await format(text, { ...layout, parser })] as const;
  });
  return new Map(await Promise.all(formatted));
}

/** The engine reads from `pulumi` which plugin the SDK's resources belong to. */
function npmPackage({ name, version, description, license, language }: PackageSpec, pulumi: string): object {
  return {
    name: language.nodejs.packageName,
    version,
    description,
    license,
    private: true,
    type: "module",
    exports: "./index.ts",
    peerDependencies: { "@pulumi/pulumi": `^${pulumi}` },
    pulumi: { resource: true, name, version },
  };
}
