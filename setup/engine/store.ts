import { copyFile, link, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { folderProblem, publishFolder, storeDirectory, temporaryFolder, type FolderKind } from "../storedFolder.ts";
import { buildKey, builtDirectory, engineVersion, languageHostDirectory, languageHostFiles } from "./recipe.ts";

const engines: FolderKind = { name: "engine", record: "engine.json" };

/** engine.json beside an installed engine: where it came from; its checksums are added to it. */
interface EngineRecord {
  source: "official" | "built";
  version: string;
  /** Of a built engine: the hash of what it was built from. */
  build?: string;
}

/** A new empty folder beside the final one, so that it can take its place in one step. */
export async function temporaryDirectory(): Promise<string> {
  return temporaryFolder(engines);
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

export async function publish(temporary: string, final: string, origin: Omit<EngineRecord, "version">): Promise<void> {
  const record: EngineRecord = { ...origin, version: engineVersion };
  await publishFolder(engines, temporary, final, record);
}

/** @returns what is wrong with an installed engine, or undefined when all files are what they were. */
export async function problemOf(directory: string): Promise<string | undefined> {
  return folderProblem(engines, directory);
}

/** An intact engine built from the same sources earlier, with an older language host beside it, say. */
export async function earlierBuild(): Promise<string | undefined> {
  const store = await storeDirectory(engines);
  for (const name of await readdir(store)) {
    const directory = join(store, name);
    if ((await buildOf(directory)) !== buildKey()) continue;
    if ((await problemOf(directory)) === undefined) return join(directory, "pulumi");
  }
  return undefined;
}

/** What an engine was built from; undefined for one that was not built, or whose record is damaged. */
async function buildOf(directory: string): Promise<string | undefined> {
  try {
    const record = JSON.parse(await readFile(join(directory, "engine.json"), "utf8")) as Partial<EngineRecord> | null;
    return record?.build;
  } catch {
    return undefined;
  }
}
