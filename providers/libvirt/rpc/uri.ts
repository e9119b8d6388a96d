import { existsSync } from "node:fs";
import { ProviderError } from "../../kit/errors.ts";

/** Where to connect to, and what to ask for there. */
export interface Target {
  /** What the user wrote. */
  uri: string;
  /** The URI that the daemon opens: without transport and parameters, for example `qemu:///system`. */
  driverUri: string;
  /** Path of the daemon's socket. */
  socket: string;
}

/**
 * Reads a libvirt URI of a local daemon: `qemu:///system`, `qemu+unix:///system?socket=/path`, `test:///default`,
 * `test+unix:///default?socket=/path`. Without `socket` it is where libvirt puts it: the monolithic daemon's (or the
 * proxy's), else that of the driver's own daemon.
 */
export function parseUri(uri: string, environment: NodeJS.ProcessEnv = process.env): Target {
  const match = /^([a-z]+)(?:\+([a-z0-9]+))?:\/\/([^/?]*)(\/[^?]*)(?:\?(.*))?$/.exec(uri);
  if (!match) {
    throw new ProviderError(`uri: "${uri}" is not a libvirt URI; write, for example, qemu:///system`);
  }
  const [, driver = "", transport = "unix", host = "", path = "", query = ""] = match;
  if (transport !== "unix" || host !== "") {
    throw new ProviderError(
      `uri: "${uri}" names another machine; this version of the plugin reaches only daemons of this one, ` +
        `for example qemu:///system`,
    );
  }
  const parameters = new URLSearchParams(query);
  const extra = [...parameters.keys()].filter((key) => key !== "socket");
  if (extra.length > 0) {
    throw new ProviderError(`uri: parameter ${extra.join(", ")} of "${uri}" is not supported; only socket is`);
  }
  const socket = parameters.get("socket") ?? defaultSocket(driver, path === "/session", environment);
  return { uri, driverUri: `${driver}://${path}`, socket };
}

function defaultSocket(driver: string, session: boolean, environment: NodeJS.ProcessEnv): string {
  const runtime = environment.XDG_RUNTIME_DIR ?? `/run/user/${process.getuid?.() ?? 0}`;
  const directory = session ? `${runtime}/libvirt` : "/run/libvirt";
  const sockets = ["libvirt-sock", `virt${driver}d-sock`].map((name) => `${directory}/${name}`);
  return sockets.find((path) => existsSync(path)) ?? `${directory}/libvirt-sock`;
}
