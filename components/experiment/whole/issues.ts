import type { z } from "zod";
import { nearest } from "../nearest.ts";
import type { Path, Problem } from "../problem.ts";
import { schemaAt, type JsonSchema } from "./jsonSchema.ts";

export interface Finding {
  path: Path;
  reason: string;
  fix: string;
  /** Where it stands, when that is another file. */
  at?: Pick<Problem, "line" | "source">;
}

type Issue = z.core.$ZodIssue;

/** What zod found, in our words: the value, why it is wrong, what to write instead. One finding a key or value. */
export function explain(issue: Issue, root: unknown): Finding[] {
  const path = issue.path.map((part) => (typeof part === "number" ? part : String(part)));
  const value = valueAt(root, path);
  const schema = schemaAt(path);
  const one = (reason: string, fix: string): Finding[] => [{ path, reason, fix }];

  if (issue.code === "unrecognized_keys") {
    const known = Object.keys(schema?.properties ?? {});
    return issue.keys.map((key) => ({
      path: [...path, key],
      reason: "is not a known key",
      fix: choose(key, known, "known keys here"),
    }));
  }
  if (issue.code === "custom") {
    const { fix, at } = (issue.params ?? {}) as { fix?: unknown; at?: Finding["at"] };
    const advice = typeof fix === "string" ? fix : "correct it";
    return [{ path, reason: issue.message, fix: advice, ...(at === undefined ? {} : { at }) }];
  }
  if (value === undefined) return one("is missing", missing(path, schema, issue));
  if (value === null) return one("has no value", "give it one, or remove the line");

  switch (issue.code) {
    case "invalid_value":
      return one(`${show(value)} is not allowed here`, choose(value, issue.values.map(String), "use"));
    case "invalid_union":
      return one(
        `${show(value)} is not a known ${issue.discriminator ?? "form"}`,
        choose(value, (optionsOf(issue) ?? []).map(String), "use"),
      );
    case "too_small":
      return one(`${show(value)} is too small`, `the least is ${issue.minimum}`);
    case "too_big":
      return one(`${show(value)} is too large`, `the most is ${issue.maximum}`);
    case "invalid_type":
      return one(`${show(value)} is not ${nouns[issue.expected] ?? `a ${issue.expected}`}`, example(schema));
    case "invalid_format":
    case "not_multiple_of":
    case "invalid_key":
    case "invalid_element":
      return one(`${show(value)}: ${issue.message}`, example(schema));
  }
}

/** Values that a discriminated union knows; zod reports them, its types don't say so. */
const optionsOf = (issue: z.core.$ZodIssueInvalidUnion): unknown[] | undefined =>
  (issue as { options?: unknown[] }).options;

const nouns: Record<string, string> = {
  int: "a whole number",
  number: "a number",
  string: "a text",
  boolean: "true or false",
  array: "a list",
  object: "a group of settings",
};

function missing(path: Path, schema: JsonSchema | undefined, issue: Issue): string {
  const options =
    issue.code === "invalid_value" ? issue.values : issue.code === "invalid_union" ? optionsOf(issue) : undefined;
  const value = schema?.examples?.[0] ?? options?.[0];
  return value === undefined ? "add it" : `add for example "${String(path.at(-1) ?? "")}: ${flow(value)}"`;
}

function example(schema: JsonSchema | undefined): string {
  const [first] = schema?.examples ?? [];
  const keys = Object.keys(schema?.properties ?? {});
  if (first !== undefined) return `write for example ${flow(first)}`;
  return keys.length > 0 ? `known keys here: ${keys.join(", ")}` : "correct it";
}

function choose(value: unknown, known: readonly string[], intro: string): string {
  const meant = typeof value === "string" ? nearest(value, known) : undefined;
  const list = known.length > 1 ? `${intro}: ${known.join(", ")}` : `${intro} ${known.join()}`;
  return meant === undefined ? list : `did you mean "${meant}"?`;
}

const show = (value: unknown): string => {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
};

/** YAML's one-line form of a small value: { count: 2, memory: 1 GiB }. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[ ${value.map(flow).join(", ")} ]`;
  if (typeof value !== "object" || value === null) return String(value);
  return `{ ${Object.entries(value)
    .map(([key, item]) => `${key}: ${flow(item)}`)
    .join(", ")} }`;
}

export function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, part)
        ? (value as Record<string | number, unknown>)[part]
        : undefined,
    root,
  );
}
