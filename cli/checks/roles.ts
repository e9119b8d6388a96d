import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";

interface ArgumentSpecs {
  argument_specs?: {
    main?: { short_description?: string; options?: Record<string, { type?: string; description?: unknown } | null> };
  };
}

/** Holds every role to its interface: argument specs that describe each variable, defaults that belong to one. */
export async function roleProblems(roles: string): Promise<string[]> {
  const names = (await readdir(roles)).sort();
  return (await Promise.all(names.map(async (name) => problemsOf(name, join(roles, name))))).flat();
}

async function problemsOf(name: string, role: string): Promise<string[]> {
  const specsFile = join(role, "meta/argument_specs.yml");
  if (!existsSync(specsFile)) return [`role ${name}: meta/argument_specs.yml is missing`];
  const main = (parse(await readFile(specsFile, "utf8")) as ArgumentSpecs | null)?.argument_specs?.main;
  if (main === undefined) return [`role ${name}: meta/argument_specs.yml has no argument_specs.main`];
  const options = main.options ?? {};
  const incomplete = Object.entries(options)
    .filter(([, option]) => option?.type === undefined || option.description === undefined)
    .map(([option]) => `role ${name}: option ${option} needs a type and a description`);
  const undescribed = Object.keys(await defaultsOf(role))
    .filter((variable) => !(variable in options))
    .map(
      (variable) => `role ${name}: defaults/main.yml sets ${variable}, which meta/argument_specs.yml does not describe`,
    );
  return [
    ...(main.short_description === undefined ? [`role ${name}: no short_description`] : []),
    ...incomplete,
    ...undescribed,
  ];
}

async function defaultsOf(role: string): Promise<Record<string, unknown>> {
  const file = join(role, "defaults/main.yml");
  return existsSync(file) ? ((parse(await readFile(file, "utf8")) as Record<string, unknown> | null) ?? {}) : {};
}
