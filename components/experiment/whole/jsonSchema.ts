import { z } from "zod";
import type { Path } from "../problem.ts";
import { testbedArgsSchema } from "./testbed.ts";
import { tierNames } from "../tier.ts";

const machineNamePattern = `^(${tierNames.join("|")})-(0|[1-9]\\d*)$`;

/** The part of JSON Schema that we generate and walk. */
export interface JsonSchema {
  $schema?: string;
  title?: string;
  type?: string;
  description?: string;
  examples?: unknown[];
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  patternProperties?: Record<string, JsonSchema>;
  oneOf?: JsonSchema[];
  [keyword: string]: unknown;
}

/**
 * JSON Schema of an experiment file, for completion and checks in editors (draft 7, the one that the YAML language
 * server knows best). stacks/testbed.schema.json is this; `npm run schema` writes it.
 */
export function testbedJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(testbedArgsSchema, { io: "input", target: "draft-7", override: tidy });
  return { title: "Strata experiment", ...(schema as JsonSchema) };
}

/**
 * zod leaves the examples of a transformed field out of the input's schema, taking them for the output's; ours are as
 * written.
 */
function tidy({
  zodSchema,
  jsonSchema,
}: {
  zodSchema: z.core.$ZodType;
  jsonSchema: z.core.JSONSchema.BaseSchema;
}): void {
  const examples = z.globalRegistry.get(zodSchema)?.examples;
  if (Array.isArray(examples)) jsonSchema.examples = examples;
  // The only group with keys of its own kind is links: names of machines.
  if (typeof jsonSchema.additionalProperties === "object") {
    jsonSchema.patternProperties = { [machineNamePattern]: jsonSchema.additionalProperties };
    jsonSchema.additionalProperties = false;
  }
}

let generated: JsonSchema | undefined;

/** The schema of the value at a path; of a choice of forms, the one with all their keys. */
export function schemaAt(path: Path): JsonSchema | undefined {
  generated ??= testbedJsonSchema();
  let schema: JsonSchema | undefined = merged(generated);
  for (const part of path) {
    schema = typeof part === "number" ? schema.items : (schema.properties?.[part] ?? matching(schema, part));
    if (schema === undefined) return undefined;
    schema = merged(schema);
  }
  return schema;
}

function matching({ patternProperties = {} }: JsonSchema, key: string): JsonSchema | undefined {
  return Object.entries(patternProperties).find(([pattern]) => new RegExp(pattern).test(key))?.[1];
}

function merged(schema: JsonSchema): JsonSchema {
  if (schema.oneOf === undefined) return schema;
  return {
    ...schema,
    properties: Object.assign({}, ...schema.oneOf.map((form) => form.properties)) as Record<string, JsonSchema>,
  };
}
