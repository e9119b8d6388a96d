import { join } from "node:path";
import { sshOption, sshTemplate } from "./sshWord.ts";
import { printable } from "./printable.ts";
import { privateDirectory, sharedRoot } from "./privateDirectory.ts";

/** A machine that is reached by ssh, as a URI (qemu+ssh://user@host:port/system?keyfile=...) names it. */
export interface RemoteHost {
  /** A name that ssh knows: of its configuration, of DNS, or an address. */
  host: string;
  /** Absent: what ssh's configuration says, else the name of the local user. */
  user?: string;
  port?: number;
  /** The private key to use, and no other. */
  keyfile?: string;
  /** The file of known host keys, in place of ssh's own. */
  knownHosts?: string;
  /** The ssh program, in place of the one on PATH. */
  command?: string;
}

/** Limit on connecting, seconds: TCP and the exchange of versions; ssh itself keeps to it. */
export const connectSeconds = 10;

/** As one types it: "root@host", "root@host:2222". */
export function remoteName({ user, host, port }: RemoteHost): string {
  return `${user === undefined ? "" : `${user}@`}${host}${port === undefined ? "" : `:${port}`}`;
}

/** Reads what a libvirt URI says of ssh: its authority ("root@host:2222", "[2001:db8::1]") and its query. */
export function remoteHostOf(authority: string, parameters: URLSearchParams): RemoteHost | undefined {
  const match = /^(?:([^@:\s]+)@)?(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9][\w.-]*)(?::(\d{1,5}))?$/.exec(authority);
  if (!match) return undefined;
  const [, user, host = "", port] = match;
  const given = (name: string) => parameters.get(name) ?? undefined;
  const remote: RemoteHost = {
    host: host.replace(/^\[|\]$/g, ""),
    user,
    port: port === undefined ? undefined : Number(port),
    keyfile: given("keyfile"),
    knownHosts: given("known_hosts"),
    command: given("command"),
  };
  return Object.fromEntries(Object.entries(remote).filter(([, value]) => value !== undefined)) as unknown as RemoteHost;
}

/** Reads a whole URI, a libvirt one or ssh's own (ssh://root@host:2222): what ssh has to know of it; undefined where it names no host by ssh. */
export function remoteOfUri(uri: string): RemoteHost | undefined {
  const [, authority, query = ""] = /^(?:[a-z]+\+)?ssh:\/\/([^/?]+)(?:\/[^?]*)?(?:\?(.*))?$/.exec(uri) ?? [];
  return authority === undefined ? undefined : remoteHostOf(authority, new URLSearchParams(query));
}

/** A connection that several uses of ssh share; it ends with them. */
export interface SharedConnection {
  /** Path of the socket at which they meet ("%C" in it is the connection's hash). */
  path: string;
}

/** The ssh program of a host. */
export const sshProgram = ({ command }: RemoteHost): string => command ?? "ssh";

/**
 * Arguments with which ssh reaches a host, its name last. It never asks anything, and takes no key for the host's but one
 * that is known already: what goes through it decides what runs on that host.
 */
export function sshArguments(remote: RemoteHost, shared?: SharedConnection): string[] {
  const { user, port, keyfile, knownHosts } = remote;
  const options = [
    ...["BatchMode=yes", "StrictHostKeyChecking=yes", "UpdateHostKeys=no", "LogLevel=ERROR", "ForwardAgent=no"],
    ...[`ConnectTimeout=${connectSeconds}`, "ServerAliveInterval=10", "ServerAliveCountMax=6"],
    ...(keyfile === undefined ? [] : [`IdentityFile=${sshOption(keyfile)}`, "IdentitiesOnly=yes"]),
    ...(knownHosts === undefined ? [] : [`UserKnownHostsFile=${sshOption(knownHosts)}`, "GlobalKnownHostsFile=none"]),
    ...(shared === undefined
      ? ["ControlMaster=no", "ControlPath=none"]
      : ["ControlMaster=auto", `ControlPath=${sshTemplate(shared.path)}`, "ControlPersist=no"]),
  ];
  return [
    ...["-T", "-e", "none"],
    ...options.flatMap((option) => ["-o", option]),
    ...(port === undefined ? [] : ["-p", String(port)]),
    ...(user === undefined ? [] : ["-l", user]),
    remote.host,
  ];
}

/**
 * Where this process's connections to one host meet, so that all but the first cost neither a handshake nor a key
 * exchange. The sockets go with the process; the directory, one a user, stays: a plugin is often killed, and can't clear up.
 * It must be nobody else's, or there is no sharing. Unix sockets' paths end at 107 characters, of which ssh's hash takes 40
 * and its name while it binds 17 more.
 */
export function sharedConnection(): SharedConnection | undefined {
  try {
    const directory = privateDirectory(join(sharedRoot(), `strata-${process.getuid?.() ?? 0}-ssh`));
    return { path: join(directory, `${process.pid}-%C`) };
  } catch {
    return undefined;
  }
}

/** What went wrong, from ssh's own words and its exit status, and what to do about it. One sentence. */
export function sshFailure(remote: RemoteHost, said: string, status: number | string | null): string {
  const words = said
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^[@\s]+$/.test(line));
  const reason = printable(words.slice(-3).join("; ")) || `ssh ended with status ${String(status)}`;
  return `${remoteName(remote)} can't be reached by ssh: ${reason}; ${fixOf(remote, said)}`;
}

function fixOf(remote: RemoteHost, said: string): string {
  const name = remoteName({ user: remote.user, host: remote.host });
  const port = remote.port === undefined ? "" : ` -p ${remote.port}`;
  if (/REMOTE HOST IDENTIFICATION HAS CHANGED/.test(said)) {
    return "its key is not the one that is known: find out why, then take the old one out of known_hosts";
  }
  if (/host key is known|Host key verification failed/.test(said)) {
    return `log in once by hand, compare the key that it shows and accept it: ssh${port} ${name}`;
  }
  if (/Permission denied|Too many authentication failures/.test(said)) {
    return `let your key in there (ssh-copy-id${port} ${name}), or name the right one with ?keyfile=`;
  }
  if (/Could not resolve hostname/.test(said)) return "check its name, or give it one in ~/.ssh/config";
  if (/refused|timed out|No route|unreachable/i.test(said)) return `check that it runs and that sshd listens there`;
  return `try it by hand: ssh${port} ${name}`;
}
