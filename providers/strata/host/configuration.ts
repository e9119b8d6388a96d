import type { EmbeddedHost } from "../../../local/embeddedHost.ts";
import type { QemuUser } from "./qemuUser.ts";

/**
 * libvirtd.conf. Whoever may open the socket may do all, so only root may. A testbed's plugin holds one connection and
 * sends many calls at once: libvirt's default of 5 calls a connection would start machines one by one.
 */
export function daemonConfiguration({ runDirectory }: EmbeddedHost): string {
  return `unix_sock_dir = "${runDirectory}"
unix_sock_rw_perms = "0700"
unix_sock_ro_perms = "0700"
auth_unix_rw = "none"
auth_unix_ro = "none"
max_workers = 64
max_client_requests = 64
log_outputs = "3:file:${logPipe(runDirectory)}"
`;
}

/** What the daemons log comes through it into a file of bounded size (boundedLog.sh). */
export const logPipe = (runDirectory: string): string => `${runDirectory}/libvirtd.log.pipe`;

/**
 * virtlogd.conf. Through it comes what machines print, on consoles and otherwise: as much as a guest likes, and /run is
 * memory. A boot prints 30 to 60 kB; of what comes later the last is kept, at least as much as one file holds.
 */
export function consoleConfiguration({ runDirectory }: EmbeddedHost): string {
  return `max_size = ${256 * 1024}
max_backups = 1
max_clients = 1024
log_outputs = "3:file:${logPipe(runDirectory)}"
`;
}

/**
 * qemu.conf. Who owns the disks is our hook's business: libvirt would give the images below them away, too, which are
 * shared with the cache. The cgroup controllers are those that a share of a core needs.
 *
 * @param user absent: root.
 */
export function qemuConfiguration(user: QemuUser | undefined): string {
  return `security_driver = "none"
user = "${user === undefined ? "root" : `+${user.uid}`}"
group = "${user === undefined ? "root" : `+${user.gid}`}"
dynamic_ownership = 0
remember_owner = 0
namespaces = []
cgroup_controllers = [ "cpu", "cpuacct", "cpuset" ]
stdio_handler = "logd"
`;
}
