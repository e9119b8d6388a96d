import { readFileSync } from "node:fs";
import { testbedJsonSchema, type JsonSchema } from "../../../components/experiment/whole/jsonSchema.ts";

test("stacks/testbed.schema.json is fresh (else: npm run schema)", () => {
  expect(JSON.parse(readFileSync("stacks/testbed.schema.json", "utf8"))).toEqual(testbedJsonSchema());
});

/** Paths of the settings that have no text for an editor to show. */
function undescribed(schema: JsonSchema, path: string): string[] {
  const forms = [
    schema,
    ...(schema.oneOf ?? []),
    ...(schema.items ? [schema.items, ...(schema.items.oneOf ?? [])] : []),
  ];
  return forms.flatMap((form) =>
    Object.entries(form.properties ?? {}).flatMap(([key, property]) => [
      ...(property.description === undefined ? [`${path}.${key}`] : []),
      ...undescribed(property, `${path}.${key}`),
    ]),
  );
}

test("every setting has a description", () => {
  expect(undescribed(testbedJsonSchema(), "")).toEqual([]);
});

test("a quantity is a text with a unit", () => {
  const { tiers } = testbedJsonSchema().properties ?? {};
  expect(tiers?.properties?.cloud?.properties?.memory).toEqual({
    default: "1 GiB",
    type: "string",
    pattern: String.raw`^(\d+(?:\.\d+)?(?:e[+-]?\d+)?) *(MiB|GiB|TiB)$`,
    description: "Memory of each machine.",
    examples: ["1 GiB", "512 MiB"],
  });
});
