import { copyFile, link, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { cacheDirectory } from "../cacheDirectory.ts";
import { fileHash } from "../hash.ts";
import { buildKey, builtDirectory, engineVersion, languageHostDirectory, languageHostFiles } from "./recipe.ts";
import { reasonOf } from "../reasonOf.ts";

/** engine.json beside an installed engine: where it came from, and the checksums to verify it by when it is used again. */
interface EngineRecord {
  source: "official" | "built";
  version: string;
  /** Of a built engine: the hash of what it was built from. */
  build?: string;
  /** SHA-256 by file name. */
  files: Record<string, string>;
}

export async function storeDirectory(): Promise<string> {
  const directory = join(cacheDirectory(), "engine");
  await mkdir(directory, { recursive: true });
  return directory;
}

/** A new empty folder beside the final one, so that it can take its place in one step. */
export async function temporaryDirectory(): Promise<string> {
  return mkdtemp(join(await storeDirectory(), ".new-"));
}

/** Puts a built `pulumi` into the store, our language host beside it. The file is linked, where that is possible. */
export async function storeBuilt(binary: string): Promise<string> {
  const temporary = await temporaryDirectory();
  try {
    await link(binary, join(temporary, "pulumi")).catch(() => copyFile(binary, join(temporary, "pulumi")));
    for (const name of languageHostFiles) await copyFile(join(languageHostDirectory, name), join(temporary, name));
    await publish(temporary, builtDirectory(), { source: "built", build: buildKey() });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return builtDirectory();
}

/** Writes the record and gives a complete folder its final name, in place of a corrupt one if need be. */
export async function publish(
  temporary: string,
  final: string,
  origin: Pick<EngineRecord, "source" | "build">,
): Promise<void> {
  const files: Record<string, string> = {};
  for (const name of (await readdir(temporary)).sort()) files[name] = await fileHash(join(temporary, name));
  const record: EngineRecord = { ...origin, version: engineVersion, files };
  await writeFile(join(temporary, "engine.json"), `${JSON.stringify(record, null, 2)}\n`);
  await rm(final, { recursive: true, force: true });
  await rename(temporary, final).catch((error: unknown) => {
    // Another setup was faster, and made the same from the same.
    if (!existsSync(join(final, "engine.json"))) throw error;
  });
}

/** @returns what is wrong with an installed engine, or undefined when all files are what they were. */
export async function problemOf(directory: string): Promise<string | undefined> {
  let record: EngineRecord;
  try {
    record = JSON.parse(await readFile(join(directory, "engine.json"), "utf8")) as EngineRecord;
  } catch (error) {
    return `engine.json can't be read (${reasonOf(error)})`;
  }
  for (const [name, expected] of Object.entries(record.files)) {
    const path = join(directory, name);
    if (!existsSync(path)) return `${name} is missing`;
    if ((await fileHash(path)) !== expected) return `${name} has changed (its SHA-256 is not the recorded one)`;
  }
  return undefined;
}

/** An intact engine built from the same sources earlier, with an older language host beside it, say. */
export async function earlierBuild(): Promise<string | undefined> {
  const store = await storeDirectory();
  for (const name of await readdir(store)) {
    const directory = join(store, name);
    const record = await readFile(join(directory, "engine.json"), "utf8").catch(() => "{}");
    if ((JSON.parse(record) as Partial<EngineRecord>).build !== buildKey()) continue;
    if ((await problemOf(directory)) === undefined) return join(directory, "pulumi");
  }
  return undefined;
}
