/** Pulumi's package schema (pulumi/pkg/codegen/schema/pulumi.json), as far as ours go. */
export interface PackageSpec {
  name: string;
  version: string;
  displayName: string;
  description: string;
  keywords?: readonly string[];
  license: string;
  meta?: { moduleFormat: string };
  /** `defaults` are those that must be set, in spite of its name. */
  config?: { variables: Properties; defaults?: string[] };
  provider?: ResourceSpec;
  types: Record<string, ObjectTypeSpec | EnumTypeSpec>;
  resources: Record<string, ResourceSpec>;
  functions?: Record<string, FunctionSpec>;
  language: { nodejs: { packageName: string } };
}

export interface TypeSpec {
  type?: "string" | "boolean" | "integer" | "number" | "array" | "object";
  /** "#/types/TOKEN". */
  $ref?: string;
  items?: TypeSpec;
  additionalProperties?: TypeSpec;
}

export interface PropertySpec extends TypeSpec {
  description: string;
  const?: boolean;
  secret?: true;
  willReplaceOnChanges?: true;
  defaultInfo?: { environment: readonly string[] };
}

export type Properties = Record<string, PropertySpec>;

export interface ObjectSpec {
  properties: Properties;
  required?: string[];
}

export interface ObjectTypeSpec extends ObjectSpec {
  type: "object";
  description: string;
}

export interface EnumTypeSpec {
  type: "string";
  description: string;
  enum: { value: string }[];
}

export interface ResourceSpec extends ObjectSpec {
  description: string;
  inputProperties: Properties;
  requiredInputs?: string[];
}

export interface FunctionSpec {
  description: string;
  inputs?: ObjectTypeSpec | (ObjectSpec & { type: "object" });
  outputs: ObjectSpec & { type: "object" };
}
