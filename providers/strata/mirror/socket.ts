import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { privateDirectory, removePrivateDirectory } from "../../kit/plain/privateDirectory.ts";
import { stackDirectory } from "../../../local/stateDirectory.ts";
import { controlDirectory } from "../access/sshConfig.ts";

/** Where the mirror of a stack listens whose machines are on other hosts: tunnels lead from the machines to it. */
export function mirrorSocket(stack: string): string {
  return join(`${controlDirectory(stackDirectory(stack))}-mirror`, "socket");
}

/** Makes its directory, which has to be this user's alone. */
export async function prepareSocket(path: string): Promise<void> {
  privateDirectory(dirname(path));
  await rm(path, { force: true });
}

export async function removeSocket(path: string): Promise<void> {
  await removePrivateDirectory(dirname(path));
}
