import type { ResourceSpec } from "../spec.ts";
import { comment, givenMembers, members } from "./members.ts";
import { givenText, gottenText, importOfTypes, nameOf } from "./typeText.ts";

/** A resource's class, and what it takes. */
export function resourceText(token: string, spec: ResourceSpec, given: ReadonlySet<string>): string {
  return classText({ name: nameOf(token), token, base: "CustomResource" }, spec, given);
}

/** The class of the package's own provider: a configuration of the plugin. */
export function providerText(packageName: string, spec: ResourceSpec, given: ReadonlySet<string>): string {
  return classText({ name: "Provider", token: packageName, base: "ProviderResource" }, spec, given);
}

interface Class {
  name: string;
  token: string;
  base: "CustomResource" | "ProviderResource";
}

function classText({ name, token, base }: Class, spec: ResourceSpec, given: ReadonlySet<string>): string {
  const { properties, required = [], inputProperties, requiredInputs = [] } = spec;
  const outputs = members(properties, (member, property) => {
    const text = gottenText(property, given);
    return `declare readonly ${member}: pulumi.Output<${required.includes(member) ? text : `${text} | undefined`}>`;
  });
  const args = `args: ${name}Args${requiredInputs.length > 0 ? "" : " = {}"}`;
  const options = base === "CustomResource" ? "CustomResourceOptions" : "ResourceOptions";
  return `import * as pulumi from "@pulumi/pulumi";
${importOfTypes(inputProperties, properties)}
export interface ${name}Args {
${givenMembers(inputProperties, requiredInputs, givenText)}}

${comment(spec.description)}export class ${name} extends pulumi.${base} {
${outputs}
  constructor(name: string, ${args}, opts?: pulumi.${options}) {
    super("${token}", name, ${propertiesText(spec)}, ${optionsText(spec)});
  }
}
`;
}

/** What the engine is given; a property that a program leaves out is an output all the same, from the beginning. */
function propertiesText({ properties, inputProperties, requiredInputs = [] }: ResourceSpec): string {
  const secret = Object.keys(inputProperties).filter((name) => inputProperties[name]?.secret);
  const stated = [...requiredInputs, ...secret];
  const leftOut = Object.keys(inputProperties).filter((name) => !stated.includes(name));
  const onlyOutputs = Object.keys(properties).filter((name) => !(name in inputProperties));
  const parts = [
    ...leftOut.map((name) => `${name}: undefined`),
    "...args",
    ...secret.map((name) => `${name}: args.${name} === undefined ? undefined : pulumi.secret(args.${name})`),
    ...onlyOutputs.map((name) => `${name}: undefined`),
  ];
  return `{ ${parts.join(", ")} }`;
}

/** What is secret as an input is so as an output; the others have to be named. */
function optionsText({ properties, inputProperties }: ResourceSpec): string {
  const secret = Object.keys(properties).filter((name) => properties[name]?.secret && !(name in inputProperties));
  return secret.length === 0
    ? "opts"
    : `pulumi.mergeOptions({ additionalSecretOutputs: ${JSON.stringify(secret)} }, opts)`;
}
