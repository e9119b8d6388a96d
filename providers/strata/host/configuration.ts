import type { EmbeddedHost } from "../../kit/embeddedHost.ts";

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
log_outputs = "3:file:${runDirectory}/libvirtd.log"
`;
}

/**
 * qemu.conf. QEMU runs as root and writes consoles itself, so that there is no second daemon (virtlogd) and no owner of
 * files to keep track of. The cgroup controllers are those that a share of a core needs.
 */
export const qemuConfiguration = `security_driver = "none"
user = "root"
group = "root"
dynamic_ownership = 0
remember_owner = 0
namespaces = []
cgroup_controllers = [ "cpu", "cpuacct", "cpuset" ]
stdio_handler = "file"
`;
