import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { ProviderError } from "../../kit/plain/errors.ts";

/**
 * What the embedded host runs, and the Debian or Ubuntu package that brings it. dnsmasq serves nothing here, but without
 * it libvirtd 9.0 crashes when it starts again and finds a network.
 */
const programs: Record<string, string> = {
  libvirtd: "libvirt-daemon-system",
  virtlogd: "libvirt-daemon-system",
  "qemu-system-x86_64": "qemu-system-x86",
  dnsmasq: "dnsmasq-base",
  ip: "iproute2",
  nsenter: "util-linux",
  unshare: "util-linux",
  flock: "util-linux",
  mount: "mount",
  setsid: "util-linux",
  nc: "netcat-openbsd",
};

/** @throws ProviderError with all that is missing, and how to get it. */
export function requireForHost(): void {
  if (process.getuid?.() !== 0) {
    throw new ProviderError(
      "the embedded host needs root: it makes a network namespace and runs libvirtd in it. " +
        "Run Strata with sudo, or use a libvirtd that you may talk to (`provider: { kind: libvirt, host: system }`)",
    );
  }
  const packages = missingPackages();
  if (packages.length > 0) {
    throw new ProviderError(
      `the embedded host lacks programs; install them with \`apt-get install ${packages.join(" ")}\` or run ./strata setup`,
    );
  }
}

function missingPackages(): string[] {
  const missing = Object.entries(programs)
    .filter(([program]) => !onPath(program))
    .map(([, name]) => name);
  // libvirtd looks this user up at its start, even where it is told to run QEMU as root.
  if (!/^libvirt-qemu:/m.test(readFileSync("/etc/passwd", "utf8"))) missing.push("libvirt-daemon-system");
  return [...new Set(missing)].sort();
}

function onPath(program: string): boolean {
  // libvirtd and ip are in sbin, which the PATH of a plain user may lack.
  const directories = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  return directories.some((directory) => existsSync(join(directory, program)));
}
