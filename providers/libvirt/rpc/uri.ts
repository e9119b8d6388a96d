import { existsSync } from "node:fs";
import { ProviderError } from "../../kit/plain/errors.ts";
import { remoteHostOf, type RemoteHost } from "../../kit/plain/remoteHost.ts";

/** Where to connect to, and what to ask for there. */
export type Target = LocalTarget | RemoteTarget;

interface AnyTarget {
  /** What the user wrote. */
  uri: string;
  /** The URI that the daemon opens: without transport and parameters, for example `qemu:///system`. */
  driverUri: string;
}

/** A daemon of this machine. */
export interface LocalTarget extends AnyTarget {
  remote?: undefined;
  /** Path of the daemon's socket. */
  socket: string;
}

/** A daemon of another machine, by ssh. */
export interface RemoteTarget extends AnyTarget {
  remote: RemoteHost;
  /** What carries the stream there: libvirt's own helper ("native"), netcat, or the first of them that is there. */
  proxy: "auto" | "native" | "netcat";
  /** The netcat to use, which must know -U. */
  netcat: string;
  /** Path of the daemon's socket there; absent: where libvirt puts it. */
  socket?: string;
}

/** Parameters of a URI that say how to get there by ssh; libvirt's own (https://libvirt.org/uri.html). */
const sshParameters = ["keyfile", "known_hosts", "command", "socket", "netcat", "proxy"] as const;

/** Parameters that libvirt knows and this plugin refuses: why. */
const refused: Record<string, string> = {
  no_verify: "host keys are always verified: add the host's key to known_hosts (log in once by hand)",
  known_hosts_verify: "host keys are always verified: add the host's key to known_hosts (log in once by hand)",
  no_tty: "ssh never asks anything here; leave it out",
  sshauth: "ssh's own configuration says how to log in; leave it out",
  mode: "the daemon's socket is found by itself; leave it out, or give socket",
};

/**
 * Reads a libvirt URI: `qemu:///system`, `qemu+unix:///system?socket=/path`, `test:///default`,
 * `test+unix:///default?socket=/path` of this machine, `qemu+ssh://user@host:port/system?keyfile=/path` of another.
 * Without `socket` it is where libvirt puts it: the monolithic daemon's (or the proxy's), else that of the driver's own
 * daemon.
 */
export function parseUri(uri: string, environment: NodeJS.ProcessEnv = process.env): Target {
  const match = /^([a-z]+)(?:\+([a-z0-9]+))?:\/\/([^/?]*)(\/[^?]*)(?:\?(.*))?$/.exec(uri);
  if (!match) {
    throw new ProviderError(
      `uri: "${uri}" is not a libvirt URI; write, for example, qemu:///system or qemu+ssh://root@host/system`,
    );
  }
  const [, driver = "", transport = "unix", authority = "", path = "", query = ""] = match;
  const parameters = new URLSearchParams(query);
  const driverUri = `${driver}://${path}`;
  if (transport === "ssh") return remoteTarget(uri, driverUri, authority, parameters);
  if (transport !== "unix" || authority !== "") {
    throw new ProviderError(
      `uri: "${uri}" names another machine; those are reached by ssh only, for example ` +
        `${driver}+ssh://root@${authority.replace(/^.*@/, "") || "host"}${path}`,
    );
  }
  allowOnly(uri, parameters, ["socket"]);
  const socket = parameters.get("socket") ?? defaultSocket(driver, path === "/session", environment);
  return { uri, driverUri, socket };
}

function remoteTarget(uri: string, driverUri: string, authority: string, parameters: URLSearchParams): RemoteTarget {
  allowOnly(uri, parameters, sshParameters);
  const remote = remoteHostOf(authority, parameters);
  if (remote === undefined) {
    throw new ProviderError(`uri: "${uri}" names no machine; write, for example, qemu+ssh://root@host/system`);
  }
  if (driverUri.endsWith("/session")) {
    throw new ProviderError(`uri: a session's daemon of another machine can't be reached; use .../system ("${uri}")`);
  }
  for (const name of ["keyfile", "known_hosts", "socket"]) {
    const path = parameters.get(name);
    if (path !== null && !path.startsWith("/")) {
      throw new ProviderError(`uri: ${name}=${path} of "${uri}" is not an absolute path; write one`);
    }
  }
  const socket = parameters.get("socket") ?? undefined;
  const proxy = parameters.get("proxy") ?? (socket === undefined ? "auto" : "netcat");
  if (proxy !== "auto" && proxy !== "native" && proxy !== "netcat") {
    throw new ProviderError(`uri: proxy=${proxy} of "${uri}" is unknown; write auto, native or netcat`);
  }
  if (proxy === "native" && socket !== undefined) {
    throw new ProviderError(`uri: virt-ssh-helper (proxy=native of "${uri}") takes no socket; leave one of them out`);
  }
  const netcat = parameters.get("netcat") ?? "nc";
  if (!/^[\w./-]+$/.test(netcat)) {
    throw new ProviderError(`uri: netcat=${netcat} of "${uri}" is no program's name or path; write nc, for example`);
  }
  // libvirt takes the named netcat too, whatever else is there.
  const named = socket !== undefined || parameters.has("netcat");
  return { uri, driverUri, remote, proxy: proxy === "auto" && named ? "netcat" : proxy, netcat, socket };
}

function allowOnly(uri: string, parameters: URLSearchParams, known: readonly string[]): void {
  const extra = [...parameters.keys()].filter((key) => !known.includes(key));
  if (extra.length === 0) return;
  const reasons = extra.flatMap((key) => (refused[key] === undefined ? [] : [`${key}: ${refused[key]}`]));
  const list = known.length === 1 ? `only ${known.join()} is` : `those are: ${known.join(", ")}`;
  throw new ProviderError(
    `uri: parameter ${extra.join(", ")} of "${uri}" is not supported; ${reasons.length > 0 ? reasons.join("; ") : list}`,
  );
}

function defaultSocket(driver: string, session: boolean, environment: NodeJS.ProcessEnv): string {
  const runtime = environment.XDG_RUNTIME_DIR ?? `/run/user/${process.getuid?.() ?? 0}`;
  const directory = session ? `${runtime}/libvirt` : "/run/libvirt";
  const sockets = ["libvirt-sock", `virt${driver}d-sock`].map((name) => `${directory}/${name}`);
  return sockets.find((path) => existsSync(path)) ?? `${directory}/libvirt-sock`;
}
