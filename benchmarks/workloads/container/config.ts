import { readFileSync } from "node:fs";

type Kind = "string" | "number";
type Fields<T> = { [K in keyof T]: T[K] extends string ? "string" : "number" };

/** @throws Error naming the file, the key and what was expected there. */
export function readFields<T>(file: string, value: unknown, fields: Fields<T>): T {
  if (typeof value !== "object" || value === null) throw new Error(`${file}: expected an object`);
  const object = value as Record<string, unknown>;
  for (const [key, kind] of Object.entries<Kind>(fields)) {
    if (typeof object[key] !== kind) throw new Error(`${file}: "${key}" must be a ${kind}`);
  }
  return value as T;
}

export function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, "utf8"));
}

/** The environment variable's value. @throws Error naming it when it is not set. */
export function environment(name: string, fallback?: string): string {
  const value = process.env[name] ?? fallback;
  if (value === undefined) throw new Error(`environment variable ${name} is not set`);
  return value;
}
