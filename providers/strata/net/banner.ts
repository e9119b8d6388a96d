import { execa } from "execa";
import { lastLines, sshConfigFile } from "../ssh.ts";

/** How ssh gets to an address: a shell command that the stream goes through, or TCP as it is. */
export interface SshPath {
  /** With the address and port filled in. */
  command: string;
  /** Socket of the connection that the stack's uses of ssh share, there or not. */
  sharedSocket?: string;
}

/** Asks ssh itself, so that whatever the stack's configuration says also holds for the probe. */
export async function sshPath(stack: string, address: string): Promise<SshPath> {
  const { stdout } = await execa("ssh", ["-F", sshConfigFile(stack), "-G", address], { timeout: 10_000 });
  const option = (name: string) => new RegExp(`^${name} (.*)$`, "m").exec(stdout)?.[1];
  const host = option("hostname") ?? address;
  const port = option("port") ?? "22";
  const proxy = option("proxycommand");
  const command = proxy === undefined || proxy === "none" ? "nc %h %p" : proxy;
  return {
    command: filledIn(command, host, port),
    sharedSocket: option("controlpath"),
  };
}

/** A ProxyCommand as ssh runs it: with what its signs stand for. */
export function filledIn(command: string, host: string, port: string): string {
  return command.replace(/%[hp%]/g, (sign) => (sign === "%h" ? host : sign === "%p" ? port : "%"));
}

/** The SSH server's first line (RFC 4253, 4.2), or why there is none. Costs the machine nothing but a connection. */
export async function sshBanner(path: SshPath, limitMs: number, signal?: AbortSignal): Promise<Banner> {
  const probe = execa("sh", ["-c", `exec ${path.command}`], {
    timeout: limitMs,
    cancelSignal: signal,
    reject: false,
    stdin: "pipe",
    buffer: { stdout: false },
  });
  let text = "";
  for await (const line of probe.iterable({ from: "stdout" })) {
    text = line;
    break;
  }
  probe.kill();
  const { stderr } = await probe;
  if (text.startsWith("SSH-")) return { answers: true };
  return { answers: false, reason: lastLines(stderr, 1) || "no answer" };
}

export type Banner = { answers: true } | { answers: false; reason: string };
