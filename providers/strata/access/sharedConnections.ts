import { execa } from "execa";
import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../kit/plain/errors.ts";
import { isPrivateDirectory, privateDirectory, removePrivateDirectory } from "../../kit/plain/privateDirectory.ts";
import { controlDirectory } from "./sshConfig.ts";

/** ssh asks the connection's process to end, which answers at once. One that doesn't ends by itself a minute later. */
const endLimitMs = 5000;

type Warn = (message: string) => void;

/** Makes the directory in which a stack's connections meet. Where that can't be, ssh goes without sharing. */
export function shareConnections(directory: string, warn: Warn): void {
  try {
    privateDirectory(controlDirectory(directory));
  } catch (error) {
    warn(`each use of ssh opens a connection of its own, which is slow: ${messageOf(error)}`);
  }
}

/** Ends the connections that ssh keeps open in the background for a stack, and removes their sockets. */
export async function endSharedConnections(directory: string, warn: Warn): Promise<void> {
  const control = controlDirectory(directory);
  const limit = AbortSignal.timeout(endLimitMs);
  await Promise.all(socketsIn(control).map((socket) => endConnection(socket, limit)));
  try {
    await removePrivateDirectory(control);
  } catch (error) {
    warn(messageOf(error));
  }
}

function socketsIn(control: string): string[] {
  if (!isPrivateDirectory(control)) return [];
  return readdirSync(control)
    .map((name) => join(control, name))
    .filter((path) => lstatSync(path, { throwIfNoEntry: false })?.isSocket());
}

async function endConnection(socket: string, limit: AbortSignal): Promise<void> {
  // The name of the host only has to be there: the socket says which connection is meant.
  const args = ["-F", "/dev/null", "-o", `ControlPath=${socket}`, "-O", "exit", "machine"];
  await execa("ssh", args, { cancelSignal: limit, forceKillAfterDelay: 1000, stdin: "ignore", reject: false });
}
