import { execa } from "execa";
import { accessPaths } from "../../providers/strata/access/files.ts";
import { UserError } from "../terminal/userError.ts";

/** A log-in and the start of a program; a machine that answers does that within seconds, an emulated one on a busy host too. */
const limitMs = 120_000;

const file = "/run/strata-hold";
/** By itself: the connection that starts it is to be over before anything is held still. */
const command = `cat > ${file} && (setsid python3 -sSE ${file} > ${file}.log 2>&1 < /dev/null &)`;

/** Starts a program on a machine that goes on by itself. @param program for its python3. */
export async function startOn(stack: string, machine: string, program: string, signal: AbortSignal): Promise<void> {
  const { sshConfiguration } = accessPaths(stack);
  const { exitCode, stderr, shortMessage } = await execa("ssh", ["-F", sshConfiguration, machine, command], {
    input: program,
    timeout: limitMs,
    cancelSignal: signal,
    reject: false,
  });
  signal.throwIfAborted();
  if (exitCode !== 0) {
    throw new UserError(`machine ${machine} can't be told to hold still: ${stderr.trim() || (shortMessage ?? "")}`);
  }
}
