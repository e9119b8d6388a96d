import { z } from "zod";
import type { EnumTypeSpec, ObjectSpec, ObjectTypeSpec, PackageSpec, PropertySpec, TypeSpec } from "./spec.ts";

type Json = z.core.JSONSchema.BaseSchema;

/** Named types, by token. */
export type Types = PackageSpec["types"];

/**
 * A strict object of zod as Pulumi's schema writes it. What has a token for its id, in zod's registry, is a type of its
 * own, and is put into `types`: each nested object must have one. A text of some values only is a text to Pulumi, where it
 * has no token: upstream's libvirt provider has no others, and its programs are to go on compiling.
 *
 * @param where for messages.
 */
export function objectSpec(object: z.ZodType, types: Types, where: string): ObjectSpec {
  const { $defs = {}, ...json } = z.toJSONSchema(object, { io: "input" }) as Json;
  for (const [token, definition] of Object.entries($defs)) types[token] = typeSpecOf(definition, token);
  return membersOf(json, where);
}

function typeSpecOf(json: Json, token: string): ObjectTypeSpec | EnumTypeSpec {
  const description = described(json, token);
  if (json.enum) return { type: "string", description, enum: json.enum.map((value) => ({ value: String(value) })) };
  return { type: "object", description, ...membersOf(json, token) };
}

function membersOf({ properties = {}, required = [] }: Json, where: string): ObjectSpec {
  const members = Object.entries(properties as Record<string, Json>).map(
    ([name, json]) => [name, propertySpec(json, `${where}.${name}`)] as const,
  );
  return { properties: Object.fromEntries(members), ...(required.length > 0 ? { required } : {}) };
}

function propertySpec(json: Json, where: string): PropertySpec {
  const { const: only, enum: values, defaultInfo } = json;
  const description = described(json, where);
  const unsaid = [...(values ?? []), only].filter((v) => typeof v === "string" && !description.includes(`"${v}"`));
  if (unsaid.length > 0) throw new Error(`${where}: its description does not say that it may be ${unsaid.join(", ")}`);
  return {
    ...typeSpec(json, where),
    description,
    ...(typeof only === "boolean" ? { const: only } : {}),
    ...(defaultInfo === undefined ? {} : { defaultInfo: defaultInfo as PropertySpec["defaultInfo"] }),
  };
}

function typeSpec({ $ref, type, items, additionalProperties: member }: Json, where: string): TypeSpec {
  if ($ref !== undefined) return { $ref: `#/types/${tokenOf($ref)}` };
  if (type === "string" || type === "boolean" || type === "integer" || type === "number") return { type };
  if (type === "array") return { type, items: typeSpec(items as Json, `${where}[]`) };
  if (type === "object" && typeof member === "object") {
    return { type, additionalProperties: typeSpec(member, `${where}{}`) };
  }
  throw new Error(`${where}: ${type === "object" ? 'name it, .meta({ id: "TOKEN" })' : "Pulumi has no such type"}`);
}

/** Of a reference as JSON Schema writes it: "#/$defs/libvirt:index~1DomainDisk:DomainDisk" (RFC 6901). */
function tokenOf(reference: string): string {
  return reference.replace("#/$defs/", "").replaceAll("~1", "/").replaceAll("~0", "~");
}

function described({ description }: Json, where: string): string {
  if (description === undefined) throw new Error(`${where} has no description`);
  return description;
}
