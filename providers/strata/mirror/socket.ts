import { lstat, mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ProviderError } from "../../kit/errors.ts";
import { stackDirectory } from "../../kit/stateDirectory.ts";
import { controlDirectory } from "../access/sshConfig.ts";

/** Where the mirror of a stack listens whose machines are on other hosts: tunnels lead from the machines to it. */
export function mirrorSocket(stack: string): string {
  return join(`${controlDirectory(stackDirectory(stack))}-mirror`, "socket");
}

/** Makes its directory, where others may make some too: it has to be this user's alone. */
export async function prepareSocket(path: string): Promise<void> {
  const directory = dirname(path);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const found = await lstat(directory);
  if (!found.isDirectory() || found.uid !== process.getuid?.() || (found.mode & 0o077) !== 0) {
    throw new ProviderError(`${directory} is not this user's alone; remove it, then \`pulumi up\` again`);
  }
  await rm(path, { force: true });
}

export async function removeSocket(path: string): Promise<void> {
  await rm(dirname(path), { recursive: true, force: true });
}
