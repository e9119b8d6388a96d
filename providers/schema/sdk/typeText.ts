import type { PackageSpec, Properties, PropertySpec, TypeSpec } from "../spec.ts";

/** The last part of a token, as TypeScript names types: "libvirt:index/domain:Domain" is Domain. */
export function nameOf(token: string): string {
  const name = token.split(":").at(-1) ?? token;
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** A type as a program may give it: anything in it may be the output of another resource. */
export function givenText(spec: TypeSpec): string {
  const member = (one: TypeSpec | undefined): string => `pulumi.Input<${one ? givenText(one) : "never"}>`;
  if (spec.items) return `${member(spec.items)}[]`;
  if (spec.additionalProperties) return `Record<string, ${member(spec.additionalProperties)}>`;
  return simpleText(spec);
}

/** A type as a program gets it. A named type that programs give, too, is declared as they may give it. */
export function gottenText(spec: TypeSpec, given: ReadonlySet<string>): string {
  if (spec.items) return `${gottenText(spec.items, given)}[]`;
  if (spec.additionalProperties) return `Record<string, ${gottenText(spec.additionalProperties, given)}>`;
  return spec.$ref !== undefined && given.has(tokenOf(spec.$ref))
    ? `pulumi.Unwrap<${simpleText(spec)}>`
    : simpleText(spec);
}

function simpleText(spec: PropertySpec | TypeSpec): string {
  if (spec.$ref !== undefined) return nameOf(tokenOf(spec.$ref));
  if ("const" in spec) return String(spec.const);
  return spec.type === "integer" ? "number" : (spec.type ?? "unknown");
}

const tokenOf = (reference: string): string => reference.replace("#/types/", "");

function tokensIn(spec: TypeSpec): string[] {
  const nested = [spec.items, spec.additionalProperties].flatMap((one) => (one ? tokensIn(one) : []));
  return spec.$ref === undefined ? nested : [tokenOf(spec.$ref), ...nested];
}

/** The import of the named types that properties have. */
export function importOfTypes(...all: Properties[]): string {
  const tokens = all.flatMap((properties) => Object.values(properties).flatMap(tokensIn));
  const names = [...new Set(tokens.map(nameOf))].sort();
  return names.length === 0 ? "" : `import type { ${names.join(", ")} } from "./types.ts";\n`;
}

/** Tokens of the objects that a program may have to give, those within others too. */
export function givenTypes({ resources, types }: PackageSpec): Set<string> {
  const found = new Set<string>();
  const visit = (properties: Properties): void => {
    for (const token of Object.values(properties).flatMap(tokensIn)) {
      const type = types[token];
      if (found.has(token) || type === undefined || !("properties" in type)) continue;
      found.add(token);
      visit(type.properties);
    }
  };
  for (const { inputProperties } of Object.values(resources)) visit(inputProperties);
  return found;
}
