import { existsSync } from "node:fs";
import { findExecutable } from "./executables.ts";

/** What Strata uses of the host: how to see that it is there, and which Debian or Ubuntu package brings it. */
export interface HostPackage {
  name: string;
  /** For people on other distributions: what it is needed for. */
  purpose: string;
  isThere: () => boolean;
}

/** Administrators' commands are not on every user's PATH. */
const searchPath = `${process.env.PATH ?? ""}:/usr/local/sbin:/usr/sbin:/sbin`;

export function hasCommand(name: string): boolean {
  return findExecutable(name, searchPath) !== undefined;
}

function bringing(command: string, name: string, purpose: string): HostPackage {
  return { name, purpose, isThere: () => hasCommand(command) };
}

function holding(file: string, name: string, purpose: string): HostPackage {
  return { name, purpose, isThere: () => existsSync(file) };
}

const qemu =
  process.arch === "arm64"
    ? bringing("qemu-system-aarch64", "qemu-system-arm", "runs the machines")
    : bringing("qemu-system-x86_64", "qemu-system-x86", "runs the machines");

export const hostPackages: readonly HostPackage[] = [
  qemu,
  bringing("qemu-img", "qemu-utils", "makes disk images"),
  bringing("libvirtd", "libvirt-daemon-system", "manages the machines"),
  bringing("virsh", "libvirt-clients", "shows what libvirt has"),
  bringing("dnsmasq", "dnsmasq-base", "libvirtd looks for it at each start"),
  bringing("mmdebstrap", "mmdebstrap", "builds the machine image"),
  // The image is of the host's own distribution; Ubuntu's keyring is part of every Ubuntu.
  existsSync("/usr/share/keyrings/ubuntu-archive-keyring.gpg")
    ? holding(
        "/usr/share/keyrings/ubuntu-archive-keyring.gpg",
        "ubuntu-keyring",
        "verifies the machine image's packages",
      )
    : holding(
        "/usr/share/keyrings/debian-archive-keyring.gpg",
        "debian-archive-keyring",
        "verifies the machine image's packages",
      ),
  bringing("genisoimage", "genisoimage", "writes each machine's identity"),
  bringing("ansible-playbook", "ansible-core", "configures the machines"),
  {
    name: "netcat-openbsd",
    purpose: "carries ssh into network namespaces",
    isThere: () => hasCommand("nc.openbsd") || hasCommand("nc"),
  },
  bringing("socat", "socat", "brings a cluster's API from its network namespace to this host"),
  holding("/usr/share/doc/busybox-static", "busybox-static", "boots the machines (initramfs)"),
  bringing("cpio", "cpio", "packs the initramfs"),
  bringing("mke2fs", "e2fsprogs", "makes the machines' file system"),
  bringing("zstd", "zstd", "packs images"),
  bringing("ip", "iproute2", "makes networks"),
  bringing("iptables", "iptables", "libvirt's networks"),
  bringing("unshare", "util-linux", "makes namespaces"),
  bringing("ssh", "openssh-client", "reaches the machines"),
  bringing("iperf3", "iperf3", "measures links"),
  bringing("python3", "python3", "runs Ansible"),
  { name: "python3-venv", purpose: "installs the Ansible linter", isThere: hasVenv },
];

/** What only the project's own tests use. */
export const testPackages: readonly HostPackage[] = [
  bringing("ping", "iputils-ping", "measures round trips on this host"),
  bringing("mosquitto", "mosquitto", "the broker of the workload's tests"),
  bringing("sshd", "openssh-server", "the server of the remote commands' tests"),
];

/** Debian splits venv's pip out of python3; its folder carries the version. */
function hasVenv(): boolean {
  if (!existsSync("/usr/bin/python3")) return hasCommand("python3");
  return existsSync("/usr/share/doc/python3-venv");
}

export function missingPackages(packages: readonly HostPackage[]): readonly HostPackage[] {
  return packages.filter(({ isThere }) => !isThere());
}
