import type { EnumTypeSpec, ObjectTypeSpec, PackageSpec } from "../spec.ts";
import { comment, givenMembers, gottenMembers } from "./members.ts";
import { givenText, gottenText, nameOf } from "./typeText.ts";

/** The package's named types. */
export function typesText({ types }: PackageSpec, given: ReadonlySet<string>): string {
  const parts = Object.entries(types).map(([token, type]) =>
    "enum" in type ? enumText(token, type) : objectText(token, type, given),
  );
  return `import type * as pulumi from "@pulumi/pulumi";\n\n${parts.join("\n")}`;
}

function enumText(token: string, type: EnumTypeSpec): string {
  const values = type.enum.map(({ value }) => JSON.stringify(value));
  return `${comment(type.description)}export type ${nameOf(token)} = ${values.join(" | ")};\n`;
}

function objectText(token: string, type: ObjectTypeSpec, given: ReadonlySet<string>): string {
  const { properties, required = [] } = type;
  const body = given.has(token)
    ? givenMembers(properties, required, givenText)
    : gottenMembers(properties, required, (property) => gottenText(property, given));
  return `${comment(type.description)}export interface ${nameOf(token)} {\n${body}}\n`;
}
