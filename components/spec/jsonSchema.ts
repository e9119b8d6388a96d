import { z } from "zod";
import type { Path } from "./problem.ts";
import { testbedArgsSchema } from "./testbed.ts";

/** The part of JSON Schema that we generate and walk. */
export interface JsonSchema {
  $schema?: string;
  title?: string;
  type?: string;
  description?: string;
  examples?: unknown[];
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
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
}

let generated: JsonSchema | undefined;

/** The schema of the value at a path; of a choice of forms, the one with all their keys. */
export function schemaAt(path: Path): JsonSchema | undefined {
  generated ??= testbedJsonSchema();
  let schema: JsonSchema | undefined = merged(generated);
  for (const part of path) {
    schema = typeof part === "number" ? schema.items : schema.properties?.[part];
    if (schema === undefined) return undefined;
    schema = merged(schema);
  }
  return schema;
}

function merged(schema: JsonSchema): JsonSchema {
  if (schema.oneOf === undefined) return schema;
  return {
    ...schema,
    properties: Object.assign({}, ...schema.oneOf.map((form) => form.properties)) as Record<string, JsonSchema>,
  };
}
