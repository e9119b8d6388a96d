import type { FunctionSpec } from "../spec.ts";
import { comment, gottenMembers } from "./members.ts";
import { gottenText, importOfTypes, nameOf } from "./typeText.ts";

/** The package's functions, with what they take and return. */
export function functionsText(functions: Record<string, FunctionSpec>, given: ReadonlySet<string>): string {
  const specs = Object.values(functions);
  const imports = importOfTypes(
    ...specs.flatMap(({ inputs, outputs }) => [inputs?.properties ?? {}, outputs.properties]),
  );
  const parts = Object.entries(functions).map(([token, spec]) => functionText(token, spec, given));
  return `import * as pulumi from "@pulumi/pulumi";\n${imports}\n${parts.join("\n")}`;
}

function functionText(
  token: string,
  { description, inputs, outputs }: FunctionSpec,
  given: ReadonlySet<string>,
): string {
  const name = token.split(":").at(-1) ?? token;
  const [args, result] = [`${nameOf(token)}Args`, `${nameOf(token)}Result`];
  const declared = (title: string, { properties, required = [] }: FunctionSpec["outputs"]): string =>
    `export interface ${title} {\n${gottenMembers(properties, required, (one) => gottenText(one, given))}}\n\n`;
  return (
    (inputs ? declared(args, inputs) : "") +
    declared(result, outputs) +
    `${comment(description)}export function ${name}(${inputs ? `args: ${args}, ` : ""}opts?: pulumi.InvokeOptions): Promise<${result}> {
  return pulumi.runtime.invoke("${token}", ${inputs ? "{ ...args }" : "{}"}, opts) as Promise<${result}>;
}
`
  );
}
