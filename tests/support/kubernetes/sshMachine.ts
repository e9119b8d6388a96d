import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { patient } from "../patience.ts";
import { answers } from "../ports.ts";
import { until } from "../until.ts";

/** Why there can be no such machine here; undefined if there can. */
export function sshMachineProblem(): string | undefined {
  if (process.getuid?.() !== 0) return "it needs root (mount namespaces)";
  if (!existsSync("/usr/sbin/sshd")) return "there is no /usr/sbin/sshd (package openssh-server)";
  const trial =
    "mount -t tmpfs t /mnt && mkdir /mnt/u /mnt/w && mount -t overlay o -o lowerdir=/etc,upperdir=/mnt/u,workdir=/mnt/w /etc";
  try {
    execFileSync("unshare", ["--mount", "--propagation", "private", "sh", "-c", trial], { stdio: "pipe" });
    return undefined;
  } catch {
    return "overlay file systems can't be mounted here";
  }
}

/** One that a test which was killed left must not be taken for this one's. */
const port = 22_000 + (process.pid % 8000);

/** What the machines of one stack share: the keys that they know, and ssh's configuration of the stack. */
export class SshMachines {
  readonly directory: string;
  readonly #configuration: string;
  readonly machines: SshMachine[] = [];

  /** @param state STRATA_STATE of the test. */
  constructor(directory: string, state: string, stack: string) {
    this.directory = directory;
    this.#configuration = join(state, "stacks", stack, "ssh_config");
    mkdirSync(join(state, "stacks", stack), { recursive: true });
    for (const name of ["host", "user"]) {
      execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(directory, name)]);
    }
    writeFileSync(this.#configuration, "");
  }

  /** A machine at an address of the loop-back network, such as 127.0.0.2. */
  add(name: string, address: string): SshMachine {
    const made = new SshMachine(this.directory, name, address);
    this.machines.push(made);
    writeFileSync(
      this.#configuration,
      `${readFileSync(this.#configuration, "utf8")}Host ${address}
  User root
  Port ${port}
  IdentityFile ${join(this.directory, "user")}
  StrictHostKeyChecking no
  UserKnownHostsFile /dev/null
  BatchMode yes
  ControlMaster auto
  ControlPath ${this.directory}/%C
  ControlPersist 5
  ConnectTimeout ${patient(5)}
  LogLevel ERROR
`,
    );
    return made;
  }

  stop(): void {
    for (const machine of this.machines) machine.powerOff();
  }
}

/**
 * A real sshd that stands for a machine: its /etc, /run and /var/lib are its own (what is written there is seen nowhere
 * else), and programs that a test provides come first on its PATH. Network, clock and processes are this host's.
 */
export class SshMachine {
  readonly name: string;
  readonly address: string;
  /** Seen by the machine under the same path. */
  readonly directory: string;
  readonly #keys: string;
  #daemon: ChildProcess | undefined;

  constructor(keys: string, name: string, address: string) {
    this.#keys = keys;
    this.name = name;
    this.address = address;
    this.directory = join(keys, name);
    for (const part of ["bin", "root"]) mkdirSync(join(this.directory, part), { recursive: true });
  }

  /** Puts a shell script on the machine's PATH. $MACHINE is the machine's directory. */
  program(name: string, script: string): void {
    const file = join(this.directory, "bin", name);
    writeFileSync(file, `#!/bin/sh\nMACHINE=${this.directory}\n${script}`);
    chmodSync(file, 0o755);
  }

  /** Runs a script in the machine, beside its sshd. */
  exec(script: string): string {
    const pid = String(this.#daemon?.pid);
    return execFileSync("nsenter", ["--mount", "--target", pid, "sh", "-c", script], { encoding: "utf8" });
  }

  async powerOn(): Promise<void> {
    writeFileSync(
      join(this.directory, "sshd_config"),
      `Port ${port}
ListenAddress ${this.address}
HostKey ${join(this.#keys, "host")}
AuthorizedKeysFile ${join(this.#keys, "user.pub")}
PasswordAuthentication no
StrictModes no
UsePAM no
PidFile none
SetEnv PATH=${join(this.directory, "bin")}:/usr/sbin:/usr/bin:/sbin:/bin
`,
    );
    const root = join(this.directory, "root");
    const overlay = (name: string, path: string) =>
      `mkdir -p ${root}/${name}/upper ${root}/${name}/work && mount -t overlay o ` +
      `-o lowerdir=${path},upperdir=${root}/${name}/upper,workdir=${root}/${name}/work ${path}`;
    const script = [
      overlay("etc", "/etc"),
      overlay("var-lib", "/var/lib"),
      `mkdir -p ${root}/run/upper && mount --bind ${root}/run/upper /run && mkdir -p /run/sshd`,
      `exec /usr/sbin/sshd -D -e -f ${join(this.directory, "sshd_config")} 2>>${join(this.directory, "sshd.log")}`,
    ].join(" && ");
    this.#daemon = spawn("unshare", ["--mount", "--propagation", "private", "sh", "-c", script], {
      stdio: "ignore",
      detached: true,
    });
    await until(`sshd at ${this.address} to answer`, 60_000, () => answers(port, this.address), 25);
  }

  /** Ends sshd and whatever it runs: as unexpected as a power cut. */
  powerOff(): void {
    const { pid } = this.#daemon ?? {};
    this.#daemon = undefined;
    if (pid === undefined) return;
    const own = mountNamespace(String(pid));
    for (const other of readdirSync("/proc").filter((name) => /^\d+$/.test(name) && mountNamespace(name) === own)) {
      try {
        process.kill(Number(other), "SIGKILL");
      } catch {
        // It ended in between.
      }
    }
  }
}

function mountNamespace(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/mnt`);
  } catch {
    return `none of ${pid}`;
  }
}
