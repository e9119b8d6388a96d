import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { once } from "node:events";
import { ProviderError } from "./errors.ts";

/**
 * Runs `work` while this process alone holds the lock file. The kernel holds the lock for a helper process that ends
 * with this one, so a killed run leaves nothing locked.
 *
 * @param others what another process that holds it does, for the message: "another process has been ...".
 * @throws ProviderError if another process keeps it for longer than the limit.
 */
export async function withLock<T>(
  file: string,
  { limitSeconds, others }: { limitSeconds: number; others: string },
  work: () => Promise<T>,
): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  const holder = spawn("flock", ["--wait", String(limitSeconds), file, "sh", "-c", "echo held; exec cat"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const exited = once(holder, "exit");
  try {
    const held = await Promise.race([once(holder.stdout, "data").then(() => true), exited.then(() => false)]);
    if (!held) {
      throw new ProviderError(
        `another process has been ${others} for more than ${limitSeconds} s ` +
          `(it holds ${file}); see \`fuser ${file}\` which one`,
      );
    }
    return await work();
  } finally {
    holder.stdin.end();
    await exited;
  }
}
