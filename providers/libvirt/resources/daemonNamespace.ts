import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/**
 * The network namespace, as a file, of the daemon of this machine that listens at a socket: it makes its bridges there,
 * which need not be where this process is. Only root can look into others' processes.
 *
 * @returns undefined where it is this process's own, and where no such daemon is found.
 */
export function daemonNamespace(socket: string): string | undefined {
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      if (!/^(libvirtd|virt[a-z]+d)$/m.test(readFileSync(`/proc/${pid}/comm`, "utf8"))) continue;
      const sockets = readFileSync(`/proc/${pid}/net/unix`, "utf8").split("\n");
      if (!sockets.some((line) => line.endsWith(` ${socket}`))) continue;
      const namespace = `/proc/${pid}/ns/net`;
      return readlinkSync(namespace) === readlinkSync("/proc/self/ns/net") ? undefined : namespace;
    } catch {
      // It ended in between, or is another user's.
    }
  }
  return undefined;
}
