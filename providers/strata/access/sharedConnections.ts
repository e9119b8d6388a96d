import { execa } from "execa";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { controlDirectory } from "./sshConfig.ts";

/** Ends the connections that ssh keeps open in the background for a stack, and removes their sockets. */
export async function endSharedConnections(directory: string): Promise<void> {
  const control = controlDirectory(directory);
  const sockets = await readdir(control).catch(() => []);
  for (const socket of sockets) {
    // The name of the host only has to be there: the socket says which connection is meant.
    const args = ["-F", "/dev/null", "-o", `ControlPath=${join(control, socket)}`, "-O", "exit", "machine"];
    await execa("ssh", args, { timeout: 5000, reject: false });
  }
  await rm(control, { recursive: true, force: true });
}
