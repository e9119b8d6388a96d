import type { Properties, PropertySpec } from "../spec.ts";

const width = 120;

/** A documentation comment, on one line or in lines that fit. */
export function comment(text: string, indent = ""): string {
  if (text.includes("*/")) throw new Error(`this ends its own comment: ${text}`);
  if (`${indent}/** ${text} */`.length <= width) return `${indent}/** ${text} */\n`;
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = `${lines.at(-1) ?? ""} ${word}`;
    if (`${indent} *${line}`.length <= width) lines[lines.length - 1] = line;
    else lines.push(` ${word}`);
  }
  return `${indent}/**\n${lines.map((line) => `${indent} *${line}\n`).join("")}${indent} */\n`;
}

/** The members of an interface or class, each with its documentation. */
export function members(properties: Properties, member: (name: string, property: PropertySpec) => string): string {
  return Object.entries(properties)
    .map(([name, property]) => `${comment(property.description, "  ")}  ${member(name, property)};\n`)
    .join("");
}

/** Members of an object that a program gives. */
export function givenMembers(
  properties: Properties,
  required: readonly string[],
  text: (property: PropertySpec) => string,
): string {
  return members(properties, (name, property) =>
    required.includes(name)
      ? `${name}: pulumi.Input<${text(property)}>`
      : `${name}?: pulumi.Input<${text(property)} | undefined>`,
  );
}

/** Members of an object that a program gets. */
export function gottenMembers(
  properties: Properties,
  required: readonly string[],
  text: (property: PropertySpec) => string,
): string {
  return members(properties, (name, property) => `${name}${required.includes(name) ? "" : "?"}: ${text(property)}`);
}
