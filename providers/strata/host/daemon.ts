import { execa } from "execa";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { cacheDirectory } from "../../../local/cacheDirectory.ts";
import type { EmbeddedHost } from "../../../local/embeddedHost.ts";
import { messageOf, ProviderError } from "../../kit/plain/errors.ts";
import { privateDirectory, removePrivateDirectory } from "../../kit/plain/privateDirectory.ts";
import { lastLines } from "../access/ssh.ts";
import { removeCgroups } from "./cgroups.ts";
import { consoleConfiguration, daemonConfiguration, qemuConfiguration } from "./configuration.ts";
import { argumentsOf } from "../process/detached.ts";
import {
  ensureNamespace,
  foreignNamespace,
  inNamespace,
  namespaceExists,
  namespacePath,
  namespaceProcesses,
  ownsNamespace,
  removeNamespace,
} from "../process/namespace.ts";
import { endProcesses, machineCgroups, processName } from "../process/processes.ts";
import { disksHook, qemuUser, type QemuUser } from "./qemuUser.ts";

/** libvirtd answers within 2 s on an idle machine of two cores; it first asks every QEMU binary what it can do. */
const startLimitMs = 60_000;

/** A daemon's process, if it runs in this host's namespace. A process id alone may be anybody's after a reboot. */
export function daemonProcess(
  { runDirectory, namespace }: EmbeddedHost,
  name: "libvirtd" | "virtlogd" = "libvirtd",
): number | undefined {
  try {
    const pid = Number(readFileSync(join(runDirectory, `${name}.pid`), "utf8"));
    return inNamespace(pid, namespace) && processName(pid) === name ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the daemon takes connections, and the one beside it runs that takes what machines print. */
export async function daemonAnswers(host: EmbeddedHost): Promise<boolean> {
  if (daemonProcess(host) === undefined) return false;
  // A host that was started before it needed virtlogd has no configuration of one.
  const lacksLog = daemonProcess(host, "virtlogd") === undefined;
  if (lacksLog && existsSync(join(host.runDirectory, "virtlogd.conf"))) return false;
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
  // The first of each is shared with the hosts of other checkouts.
  for (const each of [dirname(host.runDirectory), host.runDirectory]) privateDirectory(each);
  // QEMU has its disks there.
  for (const each of [dirname(host.dataDirectory), host.dataDirectory]) privateDirectory(each, 0o711);
  await ensureNamespace(host);
  const inside = await namespaceProcesses(host.namespace);
  // What reads the daemons' log starts anew with them.
  const log = join(host.runDirectory, "libvirtd.log");
  const readsLog = (pid: number): boolean => argumentsOf(pid).some((word) => word.includes(log));
  await endProcesses(
    inside.filter((pid) => processName(pid) === "libvirtd" || readsLog(pid)),
    5000,
  );
  const user = qemuUser(host);
  await writeConfiguration(host, user);
  const [enter = "", boundedLog = ""] = ["enter.sh", "boundedLog.sh"].map((name) => join(import.meta.dirname, name));
  const cache = join(cacheDirectory(), "libvirt");
  const started = await execa(
    "nsenter",
    [
      `--net=${namespacePath(host.namespace)}`,
      ...["unshare", "--mount", "sh", enter, host.runDirectory, host.dataDirectory, cache, boundedLog],
      user?.mayUseKvm === false ? "no" : "yes",
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

async function writeConfiguration(host: EmbeddedHost, user: QemuUser | undefined): Promise<void> {
  privateDirectory(join(host.dataDirectory, ".libvirt"));
  const etc = join(host.dataDirectory, ".libvirt/etc");
  const hooks = join(etc, "hooks");
  for (const directory of [hooks, join(host.runDirectory, "console")]) await mkdir(directory, { recursive: true });
  await writeFile(join(host.runDirectory, "libvirtd.conf"), daemonConfiguration(host));
  await writeFile(join(host.runDirectory, "virtlogd.conf"), consoleConfiguration(host));
  await writeFile(join(etc, "qemu.conf"), qemuConfiguration(user));
  const hook = join(hooks, "qemu");
  await rm(hook, { force: true });
  if (user !== undefined) await writeFile(hook, disksHook(user, host), { mode: 0o755 });
  // A socket or process id of a daemon that is gone would only be in the way.
  const gone = ["libvirtd.pid", "libvirt-sock", "libvirt-sock-ro", "libvirt-admin-sock"];
  // The other daemon goes on: it has the consoles of the machines that run.
  if (daemonProcess(host, "virtlogd") === undefined) {
    gone.push("virtlogd.pid", "libvirt/virtlogd-sock", "libvirt/virtlogd-admin-sock");
  }
  for (const name of gone) await rm(join(host.runDirectory, name), { force: true });
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
 * namespace (and with it the mounts, which are in a namespace of the processes), directories, control groups. What has the
 * name of one of them and is somebody else's stays.
 *
 * @returns a sentence of each that stays.
 */
export async function removeHost(host: EmbeddedHost): Promise<string[]> {
  const foreign = namespaceExists(host.namespace) && !(await ownsNamespace(host));
  if (!foreign) await removeInside(host);
  const left = foreign ? [foreignNamespace(host.namespace)] : [];
  for (const directory of [host.runDirectory, host.dataDirectory]) {
    await removePrivateDirectory(directory).catch((error: unknown) => left.push(messageOf(error)));
    await rmdir(dirname(directory)).catch(() => undefined);
  }
  return left;
}

async function removeInside({ namespace }: EmbeddedHost): Promise<void> {
  const inside = await namespaceProcesses(namespace);
  const daemons = inside.filter((pid) => ["libvirtd", "virtlogd"].includes(processName(pid) ?? ""));
  const others = inside.filter((pid) => !daemons.includes(pid));
  const cgroups = others.flatMap(machineCgroups);
  await endProcesses(others, 5000);
  await endProcesses(daemons, 5000);
  const left = await namespaceProcesses(namespace);
  await endProcesses(left, 5000);
  await removeCgroups(cgroups);
  await removeNamespace(namespace);
}
