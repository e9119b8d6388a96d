import { join } from "node:path";
import { processesWith } from "../process/detached.ts";
import { sshConfigFile } from "./ssh.ts";

/** A way between this host and a machine that ssh keeps open (tunnel.sh), as ssh has it. */
export interface Tunnel {
  stack: string;
  /** Address of the machine. */
  address: string;
  /** -L: from this host to the machine's side; -R: from the machine to this host. */
  direction: "-L" | "-R";
  /** Where it listens, and where it leads: "127.0.0.1:5000:/run/user/1000/socket". */
  forward: string;
}

/** The command of a tunnel's process; ssh is a child of it. */
export function tunnelCommand({ stack, address, direction, forward }: Tunnel): string[] {
  const script = join(import.meta.dirname, "tunnel.sh");
  return ["sh", script, sshConfigFile(stack), address, direction, forward];
}

/** What ssh needs of this process's environment, since it may be the user's agent that opens the way to a host. */
export function tunnelEnvironment(): Record<string, string | undefined> {
  return { HOME: process.env.HOME, SSH_AUTH_SOCK: process.env.SSH_AUTH_SOCK };
}

/** A tunnel's processes, ssh with them; the stack's configuration is one checkout's own. */
export function tunnelProcesses(
  { stack, address, direction }: Omit<Tunnel, "forward">,
  forward: string | RegExp,
): number[] {
  return processesWith(sshConfigFile(stack), address, direction, forward);
}
