import type { PackageSpec } from "../spec.ts";
import { functionsText } from "./functions.ts";
import { providerText, resourceText } from "./resource.ts";
import { givenTypes, nameOf } from "./typeText.ts";
import { typesText } from "./types.ts";

/** The files of the package's SDK for TypeScript, by name: what `pulumi package gen-sdk` makes, in fewer words. */
export function sdkFiles(spec: PackageSpec): Record<string, string> {
  const { name, provider, functions } = spec;
  const given = givenTypes(spec);
  const resources = Object.entries(spec.resources).sort(([a], [b]) => (nameOf(a) < nameOf(b) ? -1 : 1));
  return {
    "index.ts": indexText(spec),
    ...Object.fromEntries(resources.map(([token, one]) => [fileOf(token), resourceText(token, one, given)])),
    ...(functions ? { "functions.ts": functionsText(functions, given) } : {}),
    ...(provider ? { "provider.ts": providerText(name, provider, given) } : {}),
    "types.ts": typesText(spec, given),
  };
}

function fileOf(token: string): string {
  const name = nameOf(token);
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}.ts`;
}

function indexText({ resources, functions = {}, provider }: PackageSpec): string {
  const classes = Object.keys(resources).map((token) => [nameOf(token), fileOf(token)] as const);
  if (provider) classes.push(["Provider", "provider.ts"]);
  const lines = classes.sort().map(([name, file]) => `export { ${name}, type ${name}Args } from "./${file}";\n`);
  const called = Object.entries(functions).flatMap(([token, { inputs }]) => [
    token.split(":").at(-1) ?? token,
    ...(inputs ? [`type ${nameOf(token)}Args`] : []),
    `type ${nameOf(token)}Result`,
  ]);
  if (called.length > 0) lines.push(`export { ${called.join(", ")} } from "./functions.ts";\n`);
  return `${lines.join("")}export type * from "./types.ts";\nexport * as types from "./types.ts";\n`;
}
