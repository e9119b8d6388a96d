import { createHash } from "node:crypto";
import { join } from "node:path";
import { sshPath, sshPattern } from "../../kit/plain/sshWord.ts";
import { privateDirectoryCondition, sharedRoot } from "../../kit/plain/privateDirectory.ts";

/** Where a stack's files are, and how its machines are reached. */
export interface Access {
  stack: string;
  /** The stack's directory, absolute. */
  directory: string;
  /** Network namespace that the machines' network is in; absent: the host's own. */
  namespace?: string;
  /** Who logs in; absent: root. */
  user?: string;
  /** Public host key that all machines of an older stack show, in OpenSSH's format; empty where each has its own. */
  hostPublicKey: string;
}

/** The name that the machines' host keys are known by, whatever their addresses: each in a file of its own. */
export function hostKeyAlias(stack: string): string {
  return `strata-${stack}`;
}

/** The line of a known_hosts file for a key; an empty text for none. */
export function knownHosts({ stack, hostPublicKey }: Pick<Access, "stack" | "hostPublicKey">): string {
  const [type = "", key = ""] = hostPublicKey.trim().split(" ");
  return key === "" ? "" : `${hostKeyAlias(stack)} ${type} ${key}\n`;
}

/** Directory of the sockets of shared connections. Paths of Unix sockets end at 107 characters, so it is a short one. */
export function controlDirectory(directory: string): string {
  const user = process.getuid?.() ?? 0;
  return join(sharedRoot(), `strata-${user}-${createHash("sha256").update(directory).digest("hex").slice(0, 6)}`);
}

/**
 * What client and machine agree on a key by, where the machines are in a namespace of this host. OpenSSH's first choice
 * since version 9.0 also holds against quantum computers, and costs an emulated machine 0.2 s of its processor with every
 * connection; what it would protect never leaves the host.
 */
const keyExchange = "^curve25519-sha256";

/** The one file that every use of ssh in a stack goes by. */
export function sshConfiguration(access: Access): string {
  const { stack, directory, namespace, user = "root" } = access;
  const control = controlDirectory(directory);
  const file = (name: string) => sshPath(join(directory, name));
  const inside =
    namespace === undefined
      ? ""
      : `  ProxyCommand nsenter --net=/run/netns/${namespace} nc %h %p\n  KexAlgorithms ${keyExchange}\n`;
  return `# Stack ${stack}. Written by pulumi up; use it with ssh -F.
# Names of machines, and the way to one on another host: one file each.
Include ${sshPattern(directory, "/machines/*.conf")}

# The directory of the shared connections' sockets goes with a reboot, and must be nobody else's: without it, ssh goes
# without sharing.
Match exec "${privateDirectoryCondition(control)}"
  ControlMaster auto
  ControlPath ${control}/%C
  ControlPersist 60

Host *
  User ${user}
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
  ConnectTimeout 30
  ServerAliveInterval 5
  ServerAliveCountMax 6
  LogLevel ERROR
${inside}`;
}
