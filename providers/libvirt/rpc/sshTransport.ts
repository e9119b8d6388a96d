import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { Duplex } from "node:stream";
import { connectSeconds, sharedConnection, sshArguments, sshFailure, sshProgram } from "../../kit/plain/remoteHost.ts";
import { quoted } from "../../kit/plain/shellWord.ts";
import { Unreachable } from "./errors.ts";
import type { RemoteTarget } from "./uri.ts";

/**
 * Printed by the far side just before the daemon's stream: until then it is a login shell's greeting that comes, and
 * whatever goes wrong is ssh's failure, not the daemon's.
 */
const mark = "libvirt-stream";

/** Beyond ssh's own limit on connecting: for its key exchange, and a login shell on a busy host. */
const limitSeconds = connectSeconds + 20;

/**
 * A stream to a daemon on another machine: the standard input and output of a child process that runs libvirt's own
 * helper there (`virt-ssh-helper`), or netcat on the daemon's socket where that is missing or a socket is named. Ends
 * with an error that says what ssh or the helper said.
 *
 * @throws Unreachable that names the host, the reason and the fix.
 */
export function openSsh(target: RemoteTarget): Promise<Duplex> {
  const { remote } = target;
  const program = sshProgram(remote);
  const child = spawn(program, [...sshArguments(remote, sharedConnection()), remoteCommand(target)], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-4000);
  });
  // It says on standard error, or by its end, why it takes no more.
  child.stdin.on("error", () => undefined);

  return new Promise((resolve, reject) => {
    let head = Buffer.alloc(0);
    let stream: ProcessStream | undefined;
    const refuse = (reason: string): void => {
      clearTimeout(timer);
      child.kill();
      reject(new Unreachable(`can't connect to libvirt at ${target.uri}: ${reason}`));
    };
    const timer = setTimeout(() => {
      refuse(sshFailure(remote, said || `no answer within ${limitSeconds} s: timed out`, null));
    }, limitSeconds * 1000);
    child.once("error", (error: NodeJS.ErrnoException) => {
      const missing = `there is no program ${program}; install the package openssh-client`;
      refuse(error.code === "ENOENT" ? missing : error.message);
    });
    child.once("close", (status, signal) => {
      const reason = reasonOf(target, said, status ?? signal);
      if (stream === undefined) refuse(reason);
      else if (status === 0) stream.push(null);
      else stream.destroy(new Error(reason));
    });
    const greeting = (piece: Buffer): void => {
      head = Buffer.concat([head, piece]);
      const at = head.indexOf(`${mark}\n`);
      if (at === -1) return;
      clearTimeout(timer);
      child.stdout.off("data", greeting);
      stream = new ProcessStream(child);
      stream.push(head.subarray(at + mark.length + 1));
      resolve(stream);
    };
    child.stdout.on("data", greeting);
  });
}

/** Seconds that a process has to end by itself, once its input has ended. */
const endSeconds = 2;

/** The standard input and output of a process as one stream. Its end is the process's, and the other way round. */
class ProcessStream extends Duplex {
  readonly #child: ChildProcessWithoutNullStreams;

  constructor(child: ChildProcessWithoutNullStreams) {
    super();
    this.#child = child;
    child.stdout.on("data", (piece: Buffer) => {
      if (!this.push(piece)) child.stdout.pause();
    });
  }

  override _read(): void {
    this.#child.stdout.resume();
  }

  override _write(piece: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#child.stdin.write(piece)) done();
    else {
      const go = (): void => {
        this.#child.stdin.off("drain", go);
        this.#child.stdin.off("close", go);
        done();
      };
      this.#child.stdin.on("drain", go);
      this.#child.stdin.on("close", go);
    }
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#child.stdin.end();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const child = this.#child;
    // Its input ends first: a connection that others share goes on until they have ended too.
    child.stdin.end();
    if (child.exitCode === null && child.signalCode === null) {
      const timer = setTimeout(() => child.kill(), endSeconds * 1000);
      child.once("close", () => {
        clearTimeout(timer);
      });
    }
    done(error);
  }
}

/** 255 is what OpenSSH itself ends with; all else is the far side's. */
function reasonOf({ remote }: RemoteTarget, said: string, status: number | string | null): string {
  if (status === 255) return sshFailure(remote, said, status);
  const words = said.trim().split("\n").slice(-3).join("; ");
  return words || `the far side ended with status ${String(status)}`;
}

/**
 * What runs there. Quoted once more than usual, since it is a shell that takes it apart: whatever the user's login shell
 * is, it only has to know single quotes.
 */
export function remoteCommand({ driverUri, proxy, netcat, socket }: RemoteTarget): string {
  const helper = `echo ${mark}; exec virt-ssh-helper ${quoted(driverUri)}`;
  const nc = [
    `for s in ${sockets(driverUri, socket).map(quoted).join(" ")}; do test -S "$s" && break; done`,
    `test -S "$s" || { echo "no libvirt daemon listens there ($s is missing): start libvirtd, or install libvirt-daemon-system" >&2; exit 3; }`,
    `command -v ${quoted(netcat)} >/dev/null || { echo "neither virt-ssh-helper nor ${netcat} is there: install libvirt-daemon or netcat-openbsd" >&2; exit 3; }`,
    // One of the netcats goes on after its input has ended, unless told by an option that others don't know.
    `if ${quoted(netcat)} -q 2>&1 | grep -q "requires an argument"; then a=-q0; else a=; fi`,
    `echo ${mark}; exec ${quoted(netcat)} $a -U "$s"`,
  ].join("; ");
  const script = {
    native: helper,
    netcat: nc,
    auto: `if command -v virt-ssh-helper >/dev/null; then ${helper}; fi; ${nc}`,
  }[proxy];
  return `sh -c ${quoted(script)}`;
}

/** Where libvirt puts its sockets: the daemon for all drivers (or the proxy for it), the driver's own daemon. */
function sockets(driverUri: string, socket: string | undefined): string[] {
  if (socket !== undefined) return [socket];
  const driver = /^[a-z]+/.exec(driverUri)?.[0] ?? "qemu";
  return [`/run/libvirt/virt${driver}d-sock`, "/run/libvirt/libvirt-sock"];
}

/** One word of a shell, in single quotes. */
