import { execFile, spawn, type ChildProcess } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { patient } from "./patience.ts";

const run = promisify(execFile);

/** The machine's own directories that the private daemon sees its own instead of. */
const directories = ["/run/libvirt", "/var/lib/libvirt", "/var/cache/libvirt", "/var/log/libvirt", "/etc/libvirt"];

/** Why no private libvirtd can be had on this machine; undefined if one can. */
export function libvirtdProblem(): string | undefined {
  if (process.getuid?.() !== 0) return "a private libvirtd needs root (network namespace and mounts)";
  const missing = ["/usr/sbin/libvirtd", "/usr/bin/nsenter", "/usr/bin/unshare"].filter((path) => !existsSync(path));
  return missing.length > 0 ? `not installed: ${missing.join(", ")}` : undefined;
}

/** Runs virsh against the daemon at a URI and returns what it prints. */
export async function virshOn(uri: string, ...args: string[]): Promise<string> {
  const { stdout } = await run("virsh", ["-q", "-c", uri, ...args]);
  return stdout.trim();
}

/**
 * A libvirtd of the test's own: in a network namespace, with private state directories, so that it touches nothing of
 * the machine's. Stop it, or it stays.
 */
export class PrivateLibvirtd {
  readonly directory: string;
  readonly namespace: string;
  readonly socket: string;
  readonly #binds: readonly string[];
  #daemon: ChildProcess | undefined;

  private constructor(directory: string, namespace: string, binds: readonly string[]) {
    this.directory = directory;
    this.namespace = namespace;
    this.socket = join(directory, "libvirt-sock");
    this.#binds = binds;
  }

  /** A URI of this daemon, for example of "qemu:///system" or "test:///default". */
  uri(driver: "qemu" | "test"): string {
    return `${driver}+unix:///${driver === "qemu" ? "system" : "default"}?socket=${this.socket}`;
  }

  static async start(): Promise<PrivateLibvirtd> {
    const directory = mkdtempSync(join(tmpdir(), "slv-"));
    const namespace = `slv-${createHash("sha256").update(randomUUID()).digest("hex").slice(0, 8)}`;
    writeFileSync(
      join(directory, "libvirtd.conf"),
      `unix_sock_dir = "${directory}"\nauth_unix_ro = "none"\nauth_unix_rw = "none"\nmax_client_requests = 64\n`,
    );
    const binds = directories.map((path, index) => {
      const own = join(directory, String(index));
      mkdirSync(own);
      mkdirSync(path, { recursive: true });
      return `mount --bind ${own} ${path}`;
    });
    // libvirt's package has this folder; a network's list of its machines' addresses is kept there.
    mkdirSync(join(directory, "1", "dnsmasq"));
    // And this one, for the machines' logs and consoles.
    mkdirSync(join(directory, "3", "qemu"));
    writeFileSync(
      join(directory, "4", "qemu.conf"),
      [
        'security_driver = "none"',
        'user = "root"',
        'group = "root"',
        "dynamic_ownership = 0",
        "remember_owner = 0",
        "namespaces = []",
        'cgroup_controllers = [ "cpu", "cpuacct", "cpuset" ]',
        'stdio_handler = "file"',
      ].join("\n"),
    );
    await run("ip", ["netns", "add", namespace]);
    await run("ip", ["-n", namespace, "link", "set", "lo", "up"]);
    const started = new PrivateLibvirtd(directory, namespace, binds);
    await started.#launch();
    return started;
  }

  async #launch(): Promise<void> {
    rmSync(this.socket, { force: true });
    const daemon = spawn(
      "nsenter",
      [
        `--net=/run/netns/${this.namespace}`,
        ...["unshare", "--mount", "sh", "-c"],
        `${this.#binds.join(" && ")} && exec libvirtd -f ${this.directory}/libvirtd.conf -p ${this.directory}/pid`,
      ],
      { stdio: ["ignore", "ignore", "pipe"] },
    );
    this.#daemon = daemon;
    let output = "";
    daemon.stderr.on("data", (piece: Buffer) => {
      output += piece.toString();
    });
    const limit = patient(60_000);
    const deadline = Date.now() + limit;
    while (!existsSync(this.socket)) {
      if (daemon.exitCode !== null || Date.now() > deadline) {
        await this.stop();
        throw new Error(`the private libvirtd did not start within ${limit / 1000} s: ${output}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Ends the daemon as the system's own restart of it does, and starts it again; its machines run on. */
  async restart(): Promise<void> {
    await this.#end("SIGTERM");
    rmSync(join(this.directory, "pid"), { force: true });
    await this.#launch();
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const daemon = this.#daemon;
    if (daemon?.exitCode !== null || daemon.signalCode !== null) return;
    const ended = new Promise((resolve) => daemon.once("exit", resolve));
    daemon.kill(signal);
    await ended;
  }

  get pid(): number {
    return this.#daemon?.pid ?? 0;
  }

  /** Arguments of nsenter with which a command sees the daemon's own mounts. */
  get mounts(): string[] {
    return [`--target=${this.pid}`, "--mount"];
  }

  /** The first column of what virsh lists: names, sorted. */
  async listed(driver: "qemu" | "test", ...args: string[]): Promise<string[]> {
    const lines = (await this.virsh(driver, ...args)).split("\n");
    return lines
      .map((line) => line.trim().split(/\s+/)[0] ?? "")
      .filter(Boolean)
      .sort();
  }

  /** Runs virsh against this daemon and returns what it prints. */
  virsh(driver: "qemu" | "test", ...args: string[]): Promise<string> {
    return virshOn(this.uri(driver), ...args);
  }

  /** Ends the daemon and any machine that a test left running, and removes the namespace and the directories. */
  async stop(): Promise<void> {
    if (this.#daemon?.exitCode === null && existsSync(this.socket)) {
      for (const name of (await this.virsh("qemu", "list", "--name").catch(() => "")).split("\n").filter(Boolean)) {
        await this.virsh("qemu", "destroy", name).catch(() => undefined);
      }
    }
    await this.#end("SIGTERM");
    await run("ip", ["netns", "delete", this.namespace]);
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Resident memory of the daemon, bytes. */
  memory(): number {
    const status = readFileSync(`/proc/${this.pid}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
  }
}
