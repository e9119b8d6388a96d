import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { chmod, mkdir, readdir, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { phasesFile } from "../../../local/phases.ts";
import { passwordsDirectory, stackDirectory } from "../../../local/stateDirectory.ts";
import { rollingUpdateFiles } from "../../../local/rollingUpdateFiles.ts";
import { writeWhole } from "../../../local/writeWhole.ts";

/** What the credentials of a stack consist of on disk. */
export function accessPaths(stack: string) {
  const directory = stackDirectory(stack);
  return {
    directory,
    privateKey: join(directory, "id_ed25519"),
    publicKey: join(directory, "id_ed25519.pub"),
    sshConfiguration: join(directory, "ssh_config"),
    knownHosts: join(directory, "known_hosts"),
    /** Names of machines, and ways to them. */
    machines: join(directory, "machines"),
    passwords: passwordsDirectory(stack),
    password: (name: string) => join(passwordsDirectory(stack), name),
  };
}

/** Writes a file that only its owner may read, whole. */
export async function writePrivate(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await chmod(dirname(file), 0o700);
  writeWhole(file, text, 0o600);
}

/** Whether a file has exactly this text. */
export function has(file: string, text: string): boolean {
  return existsSync(file) && readFileSync(file, "utf8") === text;
}

/** Whether a key or password is there. An empty file, as older versions left after a power cut, holds none. */
export function isKept(file: string): boolean {
  return (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

/** Makes the passwords that are missing (192 random bits each) and removes those that nobody wants any more. */
export async function keepPasswords(stack: string, names: readonly string[]): Promise<void> {
  const paths = accessPaths(stack);
  for (const name of names) {
    if (isKept(paths.password(name))) continue;
    await writePrivate(paths.password(name), randomBytes(24).toString("base64url"));
  }
  const present = await readdir(paths.passwords).catch(() => []);
  for (const name of present) {
    if (!names.includes(name)) await rm(paths.password(name), { force: true });
  }
  if (names.length === 0) await rmdir(paths.passwords).catch(() => undefined);
}

/** Removes what the credentials consist of; results and whatever else is in the stack's directory stay. */
export async function removeAccess(stack: string): Promise<void> {
  const paths = accessPaths(stack);
  for (const file of [paths.privateKey, paths.publicKey, paths.sshConfiguration, paths.knownHosts]) {
    await rm(file, { force: true });
  }
  await rm(paths.machines, { recursive: true, force: true });
  // A testbed that is made again has times and rolling updates of its own.
  const { lock, failure } = rollingUpdateFiles(stack);
  // As they were called before.
  const former = ["turn.lock", "turn-failed.json"].map((name) => join(paths.directory, name));
  for (const file of [phasesFile(stack), lock, failure, ...former]) await rm(file, { force: true });
  await rm(paths.passwords, { recursive: true, force: true });
  await rmdir(paths.directory).catch(() => undefined);
}
