import { z } from "zod";
import { resource } from "../../../../providers/kit/crud.ts";
import { pluginFunction } from "../../../../providers/kit/functions.ts";
import { objectSpec } from "../../../../providers/schema/objectSpec.ts";
import { packageSpec } from "../../../../providers/schema/packageSpec.ts";
import { sdkFiles } from "../../../../providers/schema/sdk/index.ts";

const wheel = z
  .strictObject({
    inches: z.int().describe("Inches."),
    spokes: z.array(z.string()).optional().describe("Of steel."),
  })
  .meta({ id: "cart:index:Wheel", description: "A wheel." });
const colour = z.enum(["red", "blue"]).meta({ id: "cart:index:Colour", description: "A colour." });

const inputs = z.strictObject({
  name: z.string().describe("Default: the resource's name."),
  load: z.number().describe("Kilogrammes."),
  kind: z.enum(["hand", "horse"]).optional().describe('"hand" or "horse".'),
  colour: colour.optional().describe("Default: none."),
  braked: z.literal(true).optional().describe("Or it rolls."),
  front: wheel.optional().describe("The front one."),
  wheels: z.array(wheel).describe("From left to right."),
  tags: z.record(z.string(), z.string()).optional().describe("Any."),
  key: z.string().optional().describe("Secret."),
});
const outputs = z.strictObject({
  kind: z.string().describe("What it came to be."),
  code: z.string().describe("Secret."),
  worn: z.int().optional().describe("Millimetres."),
});

const cart = resource<z.infer<typeof inputs>, z.infer<typeof outputs>, null>({
  token: "cart:index:Cart",
  description: "A cart.",
  inputs,
  outputs,
  complete: (given, { name }) => ({ name, ...given }),
  secrets: ["key", "code"],
  replaceOn: ["wheels"],
  create: () => Promise.reject(new Error("never")),
  read: () => Promise.resolve(undefined),
  update: () => Promise.reject(new Error("never")),
  delete: () => Promise.resolve(),
});

const getCart = pluginFunction<{ name: string }, { wheels: z.infer<typeof wheel>[] }, null>({
  token: "cart:index:getCart",
  description: "A cart that is there.",
  inputs: z.strictObject({ name: z.string().describe("Its name.") }),
  outputs: z.strictObject({ wheels: z.array(wheel).describe("Its wheels.") }),
  call: () => Promise.reject(new Error("never")),
});

const spec = await packageSpec({
  ...{ name: "cart", version: "1.2.3", displayName: "Cart", description: "Carts.", npmName: "@cart/cart" },
  configuration: z.strictObject({ yard: z.string().describe("Where they are.") }),
  providerDescription: "A yard.",
  configure: () => null,
  parts: () => Promise.resolve({ resources: [cart], functions: [getCart] }),
});

const of = "#/types/cart:index:";
const given = {
  name: { type: "string", description: "Default: the resource's name." },
  load: { type: "number", description: "Kilogrammes." },
  kind: { type: "string", description: '"hand" or "horse".' },
  colour: { $ref: `${of}Colour`, description: "Default: none." },
  braked: { type: "boolean", const: true, description: "Or it rolls." },
  front: { $ref: `${of}Wheel`, description: "The front one." },
  wheels: { type: "array", items: { $ref: `${of}Wheel` }, description: "From left to right." },
  tags: { type: "object", additionalProperties: { type: "string" }, description: "Any." },
  key: { type: "string", description: "Secret.", secret: true },
};
const wheels = { type: "array", items: { $ref: `${of}Wheel` }, description: "Its wheels." };

test("what a plugin says of itself is its package's schema", () => {
  expect(spec.resources).toEqual({
    "cart:index:Cart": {
      description: "A cart.",
      inputProperties: { ...given, wheels: { ...given.wheels, willReplaceOnChanges: true } },
      requiredInputs: ["load", "wheels"],
      properties: {
        ...given,
        kind: { type: "string", description: "What it came to be." },
        code: { type: "string", description: "Secret.", secret: true },
        worn: { type: "integer", description: "Millimetres." },
      },
      required: ["name", "load", "wheels", "kind", "code"],
    },
  });
  expect(spec.types).toEqual({
    "cart:index:Colour": {
      ...{ type: "string", description: "A colour." },
      enum: [{ value: "red" }, { value: "blue" }],
    },
    "cart:index:Wheel": {
      ...{ type: "object", description: "A wheel.", required: ["inches"] },
      properties: {
        inches: { type: "integer", description: "Inches." },
        spokes: { type: "array", items: { type: "string" }, description: "Of steel." },
      },
    },
  });
  expect(spec.functions).toEqual({
    "cart:index:getCart": {
      description: "A cart that is there.",
      inputs: {
        ...{ type: "object", required: ["name"] },
        properties: { name: { type: "string", description: "Its name." } },
      },
      outputs: { type: "object", required: ["wheels"], properties: { wheels } },
    },
  });
  const yard = { yard: { type: "string", description: "Where they are." } };
  expect(spec.config).toEqual({ variables: yard, defaults: ["yard"] });
  expect(spec.provider).toEqual({
    ...{ description: "A yard.", properties: yard, required: ["yard"] },
    ...{ inputProperties: yard, requiredInputs: ["yard"] },
  });
});

/** Without documentation and layout. */
const bare = (text: string | undefined): string[] =>
  (text ?? "")
    .replaceAll(/\/\*\*[^]*?\*\//g, "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

test("the schema is the SDK's types", () => {
  const files = sdkFiles(spec);
  expect(bare(files["types.ts"])).toEqual([
    'import type * as pulumi from "@pulumi/pulumi";',
    'export type Colour = "red" | "blue";',
    "export interface Wheel {",
    "inches: pulumi.Input<number>;",
    "spokes?: pulumi.Input<pulumi.Input<string>[] | undefined>;",
    "}",
  ]);
  expect(bare(files["cart.ts"])).toEqual([
    'import * as pulumi from "@pulumi/pulumi";',
    'import type { Colour, Wheel } from "./types.ts";',
    "export interface CartArgs {",
    "name?: pulumi.Input<string | undefined>;",
    "load: pulumi.Input<number>;",
    "kind?: pulumi.Input<string | undefined>;",
    "colour?: pulumi.Input<Colour | undefined>;",
    "braked?: pulumi.Input<true | undefined>;",
    "front?: pulumi.Input<Wheel | undefined>;",
    "wheels: pulumi.Input<pulumi.Input<Wheel>[]>;",
    "tags?: pulumi.Input<Record<string, pulumi.Input<string>> | undefined>;",
    "key?: pulumi.Input<string | undefined>;",
    "}",
    "export class Cart extends pulumi.CustomResource {",
    "declare readonly name: pulumi.Output<string>;",
    "declare readonly load: pulumi.Output<number>;",
    "declare readonly kind: pulumi.Output<string>;",
    "declare readonly colour: pulumi.Output<Colour | undefined>;",
    "declare readonly braked: pulumi.Output<true | undefined>;",
    "declare readonly front: pulumi.Output<pulumi.Unwrap<Wheel> | undefined>;",
    "declare readonly wheels: pulumi.Output<pulumi.Unwrap<Wheel>[]>;",
    "declare readonly tags: pulumi.Output<Record<string, string> | undefined>;",
    "declare readonly key: pulumi.Output<string | undefined>;",
    "declare readonly code: pulumi.Output<string>;",
    "declare readonly worn: pulumi.Output<number | undefined>;",
    "constructor(name: string, args: CartArgs, opts?: pulumi.CustomResourceOptions) {",
    'super("cart:index:Cart", name, { name: undefined, kind: undefined, colour: undefined, braked: undefined, ' +
      "front: undefined, tags: undefined, ...args, " +
      "key: args.key === undefined ? undefined : pulumi.secret(args.key), code: undefined, worn: undefined }, " +
      'pulumi.mergeOptions({ additionalSecretOutputs: ["code"] }, opts));',
    "}",
    "}",
  ]);
  expect(bare(files["functions.ts"]).slice(2)).toEqual([
    "export interface GetCartArgs {",
    "name: string;",
    "}",
    "export interface GetCartResult {",
    "wheels: pulumi.Unwrap<Wheel>[];",
    "}",
    "export function getCart(args: GetCartArgs, opts?: pulumi.InvokeOptions): Promise<GetCartResult> {",
    'return pulumi.runtime.invoke("cart:index:getCart", { ...args }, opts) as Promise<GetCartResult>;',
    "}",
  ]);
});

test.each([
  ["no description", z.string(), "box.size has no description"],
  ["a nested object without a token", z.strictObject({}).describe("X."), 'box.size: name it, .meta({ id: "TOKEN" })'],
  ["a choice of types", z.union([z.string(), z.number()]).describe("X."), "box.size: Pulumi has no such type"],
  [
    "values that nobody is told of",
    z.enum(["s", "m"]).describe('"s" or bigger.'),
    "box.size: its description does not say that it may be m",
  ],
])("%s is refused", (_what, size, message) => {
  expect(() => objectSpec(z.strictObject({ size }), {}, "box")).toThrow(new Error(message));
});
