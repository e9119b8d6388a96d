import { createHash } from "node:crypto";
import { join } from "node:path";

/** Where a stack's files are, and how its machines are reached. */
export interface Access {
  stack: string;
  /** The stack's directory, absolute. */
  directory: string;
  /** Network namespace that the machines' network is in; absent: the host's own. */
  namespace?: string;
  /** Public host key that all machines of the stack show, in OpenSSH's format. */
  hostPublicKey: string;
}

/** The name that the machines' host key is known by, whatever their addresses. */
export function hostKeyAlias(stack: string): string {
  return `strata-${stack}`;
}

export function knownHosts({ stack, hostPublicKey }: Access): string {
  const [type = "", key = ""] = hostPublicKey.trim().split(" ");
  return `${hostKeyAlias(stack)} ${type} ${key}\n`;
}

/** Directory of the sockets of shared connections. Paths of Unix sockets end at 107 characters, so it is a short one. */
export function controlDirectory(directory: string): string {
  const user = process.getuid?.() ?? 0;
  const runtime = process.env.XDG_RUNTIME_DIR ?? "";
  const base = runtime !== "" && runtime.length <= 20 ? runtime : "/tmp";
  return join(base, `strata-${user}-${createHash("sha256").update(directory).digest("hex").slice(0, 6)}`);
}

/**
 * What client and machine agree on a key by, where the machines are in a namespace of this host. OpenSSH's first choice
 * since version 9.0 also holds against quantum computers, and costs an emulated machine 0.2 s of its processor with every
 * connection; what it would protect never leaves the host.
 */
const keyExchange = "^curve25519-sha256";

/** The one file that every use of ssh in a stack goes by. */
export function sshConfiguration(access: Access): string {
  const { stack, directory, namespace } = access;
  const control = controlDirectory(directory);
  const file = (name: string) => `"${join(directory, name)}"`;
  const inside =
    namespace === undefined
      ? ""
      : `  ProxyCommand nsenter --net=/run/netns/${namespace} nc %h %p\n  KexAlgorithms ${keyExchange}\n`;
  return `# Stack ${stack}. Written by pulumi up; use it with ssh -F.
# Names of machines, and the way to one on another host: one file each.
Include ${file("machines/*.conf")}

# The directory of the shared connections' sockets goes with a reboot, and must be nobody else's: without it, ssh goes
# without sharing.
Match exec "mkdir -p -m 700 ${control} && test -O ${control}"
  ControlMaster auto
  ControlPath ${control}/%C
  ControlPersist 60

Host *
  User root
  IdentityFile ${file("id_ed25519")}
  IdentitiesOnly yes
  IdentityAgent none
  HostKeyAlias ${hostKeyAlias(stack)}
  HostKeyAlgorithms ssh-ed25519
  UserKnownHostsFile ${file("known_hosts")}
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
  CheckHostIP no
  UpdateHostKeys no
  BatchMode yes
  ConnectTimeout 10
  ServerAliveInterval 5
  ServerAliveCountMax 6
  LogLevel ERROR
${inside}`;
}
