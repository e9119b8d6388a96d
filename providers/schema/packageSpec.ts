import { replacesBy, type ServedResource } from "../kit/crud.ts";
import type { ServedFunction } from "../kit/functions.ts";
import type { Plugin } from "../kit/methods.ts";
import { objectSpec, type Types } from "./objectSpec.ts";
import type { FunctionSpec, ObjectSpec, PackageSpec, Properties, ResourceSpec } from "./spec.ts";

/** A plugin that its schema is generated from. */
export interface Package<Context> extends Omit<Plugin<Context>, "schema"> {
  displayName: string;
  description: string;
  keywords?: readonly string[];
  /** How a module's name is found in a token, a regular expression. Default: it is all that is between the colons. */
  moduleFormat?: string;
  /** Of the resource Provider, where the package is configurable. */
  providerDescription?: string;
  /** Of its SDK. */
  npmName: string;
}

/** The package's schema: what its resources and functions say of themselves. */
export async function packageSpec<Context>(plugin: Package<Context>): Promise<PackageSpec> {
  const { moduleFormat, providerDescription } = plugin;
  const { resources, functions } = await plugin.parts();
  const types: Types = {};
  const configuration = objectSpec(plugin.configuration, types, plugin.name);
  const resourceSpecs = resources.map((one) => [one.token, resourceSpec(one, types)] as const);
  const functionSpecs = functions?.map((one) => [one.token, functionSpec(one, types)] as const);
  return {
    name: plugin.name,
    version: plugin.version,
    displayName: plugin.displayName,
    description: plugin.description,
    keywords: plugin.keywords,
    license: "MIT",
    meta: moduleFormat === undefined ? undefined : { moduleFormat },
    ...(providerDescription === undefined ? {} : configurationSpecs(providerDescription, configuration)),
    types: Object.fromEntries(Object.entries(types).sort(([a], [b]) => (a < b ? -1 : 1))),
    resources: Object.fromEntries(resourceSpecs),
    functions: functionSpecs && Object.fromEntries(functionSpecs),
    language: { nodejs: { packageName: plugin.npmName } },
  };
}

/** Of the configuration: as `pulumi config` sets it, and as arguments of the resource Provider. */
function configurationSpecs(
  description: string,
  { properties: inputProperties, required }: ObjectSpec,
): Pick<PackageSpec, "config" | "provider"> {
  const properties = mapped(inputProperties, (_name, property) => ({ ...property, defaultInfo: undefined }));
  return {
    config: { variables: inputProperties, defaults: required },
    provider: { description, properties, required, inputProperties, requiredInputs: required },
  };
}

function resourceSpec<Context>(definition: ServedResource<Context>, types: Types): ResourceSpec {
  const { token, description, outputs: ownOutputs } = definition;
  if (description === undefined || !ownOutputs)
    throw new Error(`${token} does not say what it is, or what its outputs are`);
  const inputs = objectSpec(definition.inputs, types, token);
  const outputs = objectSpec(ownOutputs, types, token);
  const secrets = secretsOf(definition);
  const completed = completedBy(definition);
  const requiredInputs = (inputs.required ?? []).filter((name) => !completed.includes(name));
  return {
    description,
    properties: mapped({ ...inputs.properties, ...outputs.properties }, secrets),
    required: [...new Set([...(inputs.required ?? []), ...(outputs.required ?? [])])],
    inputProperties: mapped(inputs.properties, (name, property) => ({
      ...secrets(name, property),
      ...(replacesBy(definition, name) ? { willReplaceOnChanges: true } : {}),
    })),
    ...(requiredInputs.length > 0 ? { requiredInputs } : {}),
  };
}

function functionSpec<Context>(definition: ServedFunction<Context>, types: Types): FunctionSpec {
  const { token, description } = definition;
  const inputs = objectSpec(definition.inputs, types, token);
  return {
    description,
    ...(Object.keys(inputs.properties).length > 0 ? { inputs: { type: "object", ...inputs } } : {}),
    outputs: { type: "object", ...objectSpec(definition.outputs, types, token) },
  };
}

/** The inputs that a program may leave out because the plugin fills them in, whatever else it gives. */
function completedBy<Context>(definition: ServedResource<Context>): string[] {
  const operation = { urn: "", name: "name", signal: new AbortController().signal, log: () => undefined };
  return Object.keys(definition.complete?.({}, operation) ?? {});
}

type Change = (name: string, property: Properties[string]) => Properties[string];

const secretsOf =
  <Context>({ secrets = [] }: ServedResource<Context>): Change =>
  (name, property) =>
    secrets.includes(name) ? { ...property, secret: true } : property;

function mapped(properties: Properties, change: Change): Properties {
  return Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, change(name, property)]));
}
