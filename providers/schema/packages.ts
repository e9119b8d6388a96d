import { readFileSync } from "node:fs";
import { plugin as libvirt } from "../libvirt/plugin.ts";
import { plugin as strata } from "../strata/plugin.ts";
import { generatedFiles } from "./generatedFiles.ts";

const root = new URL("../../", import.meta.url);

/** What is generated for our plugins, by path from the root of the tree. */
export async function generatedTree(): Promise<Map<string, string>> {
  const { dependencies } = JSON.parse(readFileSync(new URL("package.json", root), "utf8")) as {
    dependencies: Record<"@pulumi/pulumi", string>;
  };
  const pulumi = dependencies["@pulumi/pulumi"];
  const all = [
    ["providers/libvirt", await generatedFiles(libvirt, pulumi)],
    ["providers/strata", await generatedFiles(strata, pulumi)],
  ] as const;
  return new Map(all.flatMap(([folder, files]) => [...files].map(([path, text]) => [`${folder}/${path}`, text])));
}
