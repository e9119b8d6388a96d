import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Operation } from "../../kit/crud.ts";
import { ProviderError } from "../../kit/plain/errors.ts";
import { newTemporaryDirectory, removePrivateDirectory } from "../../kit/plain/privateDirectory.ts";
import { runProcess, type Finished, type Run } from "../running/process.ts";
import { defaultDialErrorLimit, type Connection } from "./connection.ts";
import { writeSshFiles } from "./sshFiles.ts";

const redialMs = 1000;

/** An open connection to a machine. */
export interface Session {
  /** Directory with the connection's files. */
  directory: string;
  /** Runs ssh, or scp, over the connection; the machine's name for them is `target`. */
  run(file: "ssh" | "scp", args: string[], options?: Partial<Run>): Promise<Finished>;
}

/**
 * Connects, does the work, and leaves neither files nor connection behind.
 *
 * @param variables names of the environment variables that commands are sent with.
 */
export async function withSession<T>(
  operation: Operation<null>,
  connection: Connection,
  variables: readonly string[],
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const directory = newTemporaryDirectory("strata-command-");
  const session: Session = {
    directory,
    run: (file, args, options) =>
      runProcess({
        file,
        args: ["-F", join(directory, "config"), ...args],
        signal: operation.signal,
        ...options,
        env: {
          ...process.env,
          SSH_ASKPASS: join(directory, "askpass"),
          SSH_ASKPASS_REQUIRE: "force",
          ...options?.env,
        },
      }),
  };
  try {
    await writeSshFiles(directory, connection, variables);
    await dial(operation, session, connection);
    return await work(session);
  } finally {
    const closing = { signal: AbortSignal.timeout(5000) };
    await session.run("ssh", ["-O", "exit", "target"], closing).catch(() => undefined);
    await removePrivateDirectory(directory);
  }
}

/** A machine that was just made may refuse connections, or the key, for a while: that is put up with so many times. */
async function dial(operation: Operation<null>, session: Session, connection: Connection): Promise<void> {
  const { host, port = 22, dialErrorLimit = defaultDialErrorLimit } = connection;
  for (let errors = 1; ; errors++) {
    const { status, stderr } = await session.run("ssh", ["-f", "-N", "target"]);
    if (status === 0) return;
    const reason = stderr.trim().split("\n").at(-1) ?? "";
    if (dialErrorLimit !== -1 && errors > dialErrorLimit) {
      throw new ProviderError(`no ssh connection to ${host} port ${port} after ${errors} attempts: ${reason}`);
    }
    operation.log("info", `connecting to ${host}, attempt ${errors}: ${reason}`, true);
    await sleep(redialMs, undefined, { signal: operation.signal });
  }
}
