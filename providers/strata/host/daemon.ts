import { execa } from "execa";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { cacheDirectory } from "../../kit/cacheDirectory.ts";
import type { EmbeddedHost } from "../../kit/embeddedHost.ts";
import { ProviderError } from "../../kit/errors.ts";
import { lastLines } from "../ssh.ts";
import { removeCgroups } from "./cgroups.ts";
import { daemonConfiguration, qemuConfiguration } from "./configuration.ts";
import { ensureNamespace, inNamespace, namespacePath, namespaceProcesses, removeNamespace } from "./namespace.ts";
import { endProcesses, machineCgroups, processName } from "./processes.ts";

/** libvirtd answers within 2 s on an idle machine of two cores; it first asks every QEMU binary what it can do. */
const startLimitMs = 60_000;

/** The daemon's process, if it runs in this host's namespace. A process id alone may be anybody's after a reboot. */
export function daemonProcess({ runDirectory, namespace }: EmbeddedHost): number | undefined {
  try {
    const pid = Number(readFileSync(join(runDirectory, "libvirtd.pid"), "utf8"));
    return inNamespace(pid, namespace) && processName(pid) === "libvirtd" ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the daemon takes connections. */
export async function daemonAnswers(host: EmbeddedHost): Promise<boolean> {
  if (daemonProcess(host) === undefined) return false;
  return new Promise((resolve) => {
    const socket = connect(host.socket);
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(2000, () => {
      end(false);
    });
    socket.once("connect", () => {
      end(true);
    });
    socket.once("error", () => {
      end(false);
    });
  });
}

/** Starts the daemon unless it answers already. Machines that a dead daemon left running are taken over by the new one. */
export async function startDaemon(host: EmbeddedHost): Promise<void> {
  if (await daemonAnswers(host)) return;
  await ensureNamespace(host.namespace);
  const inside = await namespaceProcesses(host.namespace);
  await endProcesses(
    inside.filter((pid) => processName(pid) === "libvirtd"),
    5000,
  );
  await writeConfiguration(host);
  const enter = join(import.meta.dirname, "enter.sh");
  const cache = join(cacheDirectory(), "libvirt");
  const started = await execa(
    "nsenter",
    [
      `--net=${namespacePath(host.namespace)}`,
      ...["unshare", "--mount", "sh", enter, host.runDirectory, host.dataDirectory, cache],
    ],
    {
      timeout: startLimitMs,
      // It outlives the engine, and a directory for the temporary files of the engine's run.
      env: { PATH: `${process.env.PATH ?? ""}:/usr/sbin:/sbin`, TMPDIR: undefined },
      stdin: "ignore",
      reject: false,
    },
  );
  if (started.failed) throw new ProviderError(await startFailure(host, started));
}

async function writeConfiguration({ dataDirectory, ...host }: EmbeddedHost): Promise<void> {
  const etc = join(dataDirectory, ".libvirt/etc");
  // Disks and consoles are nobody else's business; QEMU and libvirtd are root's.
  for (const directory of [host.runDirectory, dataDirectory]) await mkdir(directory, { recursive: true, mode: 0o700 });
  for (const directory of [etc, join(host.runDirectory, "console")]) await mkdir(directory, { recursive: true });
  await writeFile(join(host.runDirectory, "libvirtd.conf"), daemonConfiguration({ dataDirectory, ...host }));
  await writeFile(join(etc, "qemu.conf"), qemuConfiguration);
  // A socket or process id of a daemon that is gone would only be in the way.
  for (const name of ["libvirtd.pid", "libvirt-sock", "libvirt-sock-ro", "libvirt-admin-sock"]) {
    await rm(join(host.runDirectory, name), { force: true });
  }
}

async function startFailure(
  { runDirectory, namespace }: EmbeddedHost,
  result: { timedOut: boolean; stderr: string; shortMessage?: string },
): Promise<string> {
  const log = join(runDirectory, "libvirtd.log");
  const logged = existsSync(log) ? lastLines(await readFile(log, "utf8"), 5) : "";
  const said = lastLines(result.stderr, 5) || (result.shortMessage ?? "");
  const what = result.timedOut ? `did not start within ${startLimitMs / 1000} s` : "did not start";
  return `libvirtd in network namespace ${namespace} ${what}: ${[said, logged].filter(Boolean).join("; ")} (its log: ${log})`;
}

/**
 * Ends every process in the host's namespace, machines first, and removes what the host had on this machine: network
 * namespace (and with it the mounts, which are in a namespace of the processes), directories, control groups.
 */
export async function removeHost(host: EmbeddedHost): Promise<void> {
  const inside = await namespaceProcesses(host.namespace);
  const daemon = inside.filter((pid) => processName(pid) === "libvirtd");
  const others = inside.filter((pid) => !daemon.includes(pid));
  const cgroups = others.flatMap(machineCgroups);
  await endProcesses(others, 5000);
  await endProcesses(daemon, 5000);
  const left = await namespaceProcesses(host.namespace);
  await endProcesses(left, 5000);
  await removeCgroups(cgroups);
  await removeNamespace(host.namespace);
  for (const directory of [host.runDirectory, host.dataDirectory]) {
    await rm(directory, { recursive: true, force: true });
  }
  // The directories above are shared with the hosts of other checkouts.
  for (const directory of ["/run/strata", "/var/lib/strata"]) await rmdir(directory).catch(() => undefined);
}
