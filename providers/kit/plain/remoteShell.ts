import { execFile } from "node:child_process";
import { ProviderError } from "./errors.ts";
import { printable } from "./printable.ts";
import { remoteName, sharedConnection, sshArguments, sshFailure, sshProgram, type RemoteHost } from "./remoteHost.ts";

export interface RemoteRun {
  /** Limit for the whole run, connecting included. */
  limitMs: number;
  signal?: AbortSignal;
  /** As root, by sudo where the user is not: which must not ask for a password. */
  asRoot?: boolean;
}

/** The script comes on standard input: it is of any length, and no login shell takes its words apart. */
const plain = "exec sh -s";
const privileged = `sh -c 'test "$(id -u)" = 0 && exec sh -s; exec sudo -n sh -s'`;

/**
 * Runs a shell script on a host.
 *
 * @returns what it printed to standard output.
 * @throws ProviderError that names the host, the reason and the fix.
 */
export function runOnHost(remote: RemoteHost, script: string, options: RemoteRun): Promise<string> {
  const args = [...sshArguments(remote, sharedConnection()), options.asRoot === true ? privileged : plain];
  const { limitMs, signal } = options;
  return new Promise((resolve, reject) => {
    const child = execFile(
      sshProgram(remote),
      args,
      { timeout: limitMs, killSignal: "SIGKILL", signal, maxBuffer: 16 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(failure(remote, stderr, error, limitMs));
      },
    );
    // A host that ends before it has read all says why on standard error.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(script);
  });
}

function failure(
  remote: RemoteHost,
  stderr: string,
  { code, killed }: { code?: number | string | null; killed?: boolean },
  limitMs: number,
): ProviderError {
  const name = remoteName(remote);
  if (code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER")
    return new ProviderError(`${name} printed too much, and was cut off`);
  if (code === "ENOENT") {
    return new ProviderError(`there is no program ${sshProgram(remote)}; install the package openssh-client`);
  }
  if (killed === true) return new ProviderError(`${name} did not finish within ${limitMs / 1000} s`);
  // 255 is what OpenSSH itself ends with.
  if (code === 255) return new ProviderError(sshFailure(remote, stderr, code));
  const said = printable(stderr.trim().split("\n").slice(-3).join("; "));
  if (/sudo: .*(password|terminal)/.test(said)) {
    return new ProviderError(
      `${name}: its user is not root and sudo asks for a password (${said}); log in as root, or allow sudo without one`,
    );
  }
  return new ProviderError(`a command on ${name} ended with status ${String(code)}${said === "" ? "" : `: ${said}`}`);
}
