import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { PrivateLibvirtd } from "./libvirtd.ts";
import { patient } from "./patience.ts";

const run = promisify(execFile);
const bootSeconds = patient(240);

/** A machine of our image on a private libvirtd: what its seed has to say, and commands in it by ssh. */
export class BootedMachine {
  readonly address = "10.77.0.1";
  readonly mac = "52:54:00:0a:4d:01";
  readonly #directory: string;
  readonly #namespace: string;

  constructor(daemon: PrivateLibvirtd) {
    this.#directory = join(daemon.directory, "ssh");
    this.#namespace = daemon.namespace;
    mkdirSync(this.#directory);
    for (const name of ["user", "host"]) {
      execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(this.#directory, name)]);
    }
  }

  seed(): { userData: string; metaData: string; networkConfig: string } {
    const read = (name: string): string => readFileSync(join(this.#directory, name), "utf8");
    return {
      metaData: "instance-id: m\nlocal-hostname: m\n",
      networkConfig:
        `version: 2\nethernets:\n  eth0:\n    match:\n      macaddress: "${this.mac}"\n` +
        `    addresses:\n      - ${this.address}/16\n`,
      userData:
        `#cloud-config\nssh_authorized_keys:\n  - ${read("user.pub").trim()}\nssh_keys:\n  ed25519_private: |\n` +
        `${read("host").replace(/^/gm, "    ")}\n  ed25519_public: |\n    ${read("host.pub").trim()}\n`,
    };
  }

  /** Runs a command in the machine and returns what it prints. */
  async ssh(command: string): Promise<string> {
    const options = [
      ...["BatchMode=yes", "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "ConnectTimeout=10"],
      ...["LogLevel=ERROR", `ProxyCommand=nsenter --net=/run/netns/${this.#namespace} nc %h %p`],
    ].flatMap((option) => ["-o", option]);
    const key = ["-F", "none", "-i", join(this.#directory, "user")];
    const { stdout } = await run("ssh", [...key, ...options, `root@${this.address}`, command], {
      timeout: patient(60_000),
    });
    return stdout.trim();
  }

  /** The kernel's own mark of this boot, once the machine answers. */
  async bootId(): Promise<string> {
    const deadline = Date.now() + bootSeconds * 1000;
    for (;;) {
      try {
        return await this.ssh("cat /proc/sys/kernel/random/boot_id");
      } catch (error) {
        if (Date.now() > deadline) throw new Error(`no answer by ssh within ${bootSeconds} s`, { cause: error });
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    }
  }
}
