import { spawn } from "node:child_process";
import { Duplex } from "node:stream";
import { lastLines, sshConfigFile, type SshTarget } from "../access/ssh.ts";

/**
 * A TCP connection that a machine makes for us, through the stack's shared ssh connection: the API is reached the same
 * way on every kind of infrastructure, whatever namespaces or firewalls are in between.
 */
export function sshStream(target: SshTarget, destination: string): Duplex {
  const args = ["-F", sshConfigFile(target.stack), "-W", destination, target.address];
  const child = spawn("ssh", args, { stdio: ["pipe", "pipe", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said = (said + text).slice(-4000)));
  const stream = Duplex.from({ readable: child.stdout, writable: child.stdin });
  child.once("error", (error) => stream.destroy(error));
  child.once("close", (status) => {
    const reason = lastLines(said, 1) || `ssh ended with status ${String(status)}`;
    if (status !== 0) stream.destroy(new Error(reason));
  });
  stream.once("close", () => child.kill());
  return stream;
}
