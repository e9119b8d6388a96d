import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { randomInt } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { libvirtdProblem, PrivateLibvirtd } from "./libvirtd.ts";
import { answers } from "./ports.ts";
import { until } from "./until.ts";

/** Why hosts that are reached by ssh can't be had on this machine; undefined if they can. */
export function sshHostsProblem(): string | undefined {
  const missing = ["/usr/sbin/sshd", "/usr/bin/ssh", "/usr/bin/ssh-keygen"].filter((path) => !existsSync(path));
  return libvirtdProblem() ?? (missing.length > 0 ? `not installed: ${missing.join(", ")}` : undefined);
}

/** One of {@link SshHosts}: a libvirtd of its own, and an sshd beside it that sees its network, mounts and nothing else. */
export interface SshHost {
  daemon: PrivateLibvirtd;
  /** Where ssh reaches it, and the other hosts too. */
  address: string;
  /** `qemu+ssh://root@...` with the test's own keys. */
  uri: string;
  /** This machine's end of the way there. */
  device: string;
  server: ChildProcess;
}

/** What addresses the hosts have: the last part of a subnet's is still missing. */
interface Family {
  subnet: string;
  prefix: number;
  flags: string[];
}

// Other runs of a test may be under way, so each has a subnet of its own.

/** Of the range for tests between networks (RFC 2544). */
export const ipv4 = (): Family => ({ subnet: `198.18.${randomInt(256)}.`, prefix: 30, flags: [] });

/** Of the range for local use (RFC 4193), usable at once: nobody else can have the address. */
export const ipv6 = (): Family => {
  const [one, other] = [randomInt(0x10000).toString(16), randomInt(1, 0x10000).toString(16)];
  return { subnet: `fd5a:${one}:${other}::`, prefix: 126, flags: ["nodad"] };
};

/**
 * Hosts of the test's own, each a network namespace with a private libvirtd and a real sshd: reached from here by a veth
 * pair each, and, if there are two, joined by another. The keys, known hosts and addresses are the test's own.
 */
export class SshHosts {
  readonly directory = mkdtempSync(join(tmpdir(), "ssh-hosts-"));
  readonly hosts: SshHost[] = [];
  readonly #devices: string[] = [];
  readonly #family: Family;

  private constructor(family: Family) {
    this.#family = family;
  }

  static async start(count: 1 | 2, family: Family = ipv4()): Promise<SshHosts> {
    const made = new SshHosts(family);
    try {
      made.#key("user");
      for (let index = 0; index < count; index++) await made.#add(index);
      made.#join();
      return made;
    } catch (error) {
      await made.stop();
      throw error;
    }
  }

  /** The URI of a host with more or other parameters. */
  uri(index: number, parameters: Record<string, string> = {}): string {
    const query = new URLSearchParams({
      keyfile: join(this.directory, "user"),
      known_hosts: join(this.directory, "known_hosts"),
      ...parameters,
    });
    const { address = "" } = this.hosts[index] ?? {};
    const authority = address.includes(":") ? `[${address}]` : address;
    return `qemu+ssh://root@${authority}/system?${decodeURIComponent(query.toString())}`;
  }

  /** Runs a command in a host's network namespace. */
  inHost(index: number, ...command: string[]): string {
    const namespace = this.hosts[index]?.daemon.namespace ?? "";
    return execFileSync("nsenter", [`--net=/run/netns/${namespace}`, ...command], { encoding: "utf8" });
  }

  /** Ends all connections of ssh to a host; new ones are taken. */
  cut(index: number): void {
    execFileSync("pkill", ["-KILL", "-P", String(this.hosts[index]?.server.pid)]);
  }

  async #add(index: number): Promise<void> {
    const daemon = await PrivateLibvirtd.start();
    const { namespace } = daemon;
    const { subnet, prefix, flags } = this.#family;
    const [here, address] = [`${subnet}${index * 4 + 1}`, `${subnet}${index * 4 + 2}`];
    const device = `s${namespace.slice(-8)}`;
    ip("link", "add", device, "type", "veth", "peer", "name", "up0", "netns", namespace);
    this.#devices.push(device);
    ip("address", "add", `${here}/${prefix}`, "dev", device, ...flags);
    ip("link", "set", device, "up");
    ip("-n", namespace, "address", "add", `${address}/${prefix}`, "dev", "up0", ...flags);
    ip("-n", namespace, "link", "set", "up0", "up");
    // Where libvirt's clients look for it; the directory is this daemon's own there.
    symlinkSync(daemon.socket, join(daemon.directory, "0/libvirt-sock"));

    this.#key(`host${index}`);
    const configuration = join(this.directory, `sshd${index}`);
    const file = (name: string) => join(this.directory, name);
    writeFileSync(
      configuration,
      `ListenAddress ${address}\nHostKey ${file(`host${index}`)}\nAuthorizedKeysFile ${file("user.pub")}\n` +
        "PermitRootLogin yes\nPasswordAuthentication no\nStrictModes no\nUsePAM no\nPidFile none\n",
    );
    const [type, key] = readFileSync(file(`host${index}.pub`), "utf8").split(" ");
    writeFileSync(file("known_hosts"), `${address} ${type} ${key}\n`, { flag: "a" });
    mkdirSync("/run/sshd", { recursive: true });
    const inside = [`--net=/run/netns/${namespace}`, ...daemon.mounts];
    const server = spawn("nsenter", [...inside, "/usr/sbin/sshd", "-D", "-e", "-f", configuration], {
      stdio: "ignore",
    });
    this.hosts.push({ daemon, address, uri: "", device, server });
    const host = this.hosts[index];
    if (host !== undefined) host.uri = this.uri(index);
    await listening(address);
  }

  /** The way between the hosts: not by this machine. */
  #join(): void {
    const [one, other] = this.hosts;
    if (one === undefined || other === undefined) return;
    const [a, b] = [one.daemon.namespace, other.daemon.namespace];
    const [macA, macB] = ["02:00:00:00:00:0a", "02:00:00:00:00:0b"];
    const veth = ["link", "add", "join0", "address", macA, "type", "veth"];
    ip("-n", a, ...veth, "peer", "name", "join0", "address", macB, "netns", b);
    for (const [from, to, mac] of [
      [one, other, macB],
      [other, one, macA],
    ] as const) {
      const within = (...args: string[]): void => {
        ip("-n", from.daemon.namespace, ...args);
      };
      within("link", "set", "join0", "up");
      within("route", "add", to.address, "dev", "join0", "src", from.address);
      // A host says where it is only on the network device that has the address, as far as IPv6 goes.
      within("neigh", "add", to.address, "lladdr", mac, "dev", "join0");
    }
  }

  #key(name: string): void {
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(this.directory, name)]);
  }

  /** Ends servers and daemons, with the namespaces and what connects them. */
  async stop(): Promise<void> {
    // With its namespace it would go too, but only some time later.
    for (const device of this.#devices.splice(0)) ip("link", "delete", device);
    for (const { server, daemon } of this.hosts.splice(0)) {
      server.kill();
      await daemon.stop();
    }
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function ip(...args: string[]): void {
  execFileSync("ip", args, { stdio: ["ignore", "ignore", "inherit"] });
}

async function listening(address: string): Promise<void> {
  await until(`sshd at ${address} to listen`, 60_000, () => answers(22, address), 50);
}
