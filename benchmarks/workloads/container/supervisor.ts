import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { appendFileSync, closeSync, existsSync, openSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { environment } from "./config.ts";

/** How often it looks for new runs, in ms; on an idle emulated processor that costs nothing that can be measured. */
const lookEveryMs = 500;
/** Exit status of a run whose container was ended under it. */
export const lostStatus = 255;

export interface Supervision {
  /** The part's name, which its files begin with. */
  role: string;
  /** What a run's process runs. */
  program: string;
  /** The machine's folder of runs, of all pods on it. */
  runsDirectory: string;
  /** This pod's name: it serves the folders RUN/POD. */
  pod: string;
  /** Where it answers "ready" by HTTP; 0: any free port. */
  port: number;
  /** Aborted: it ends its runs, then itself. */
  signal: AbortSignal;
  /** Told the port when it is ready. */
  onReady?: (port: number) => void;
}

/**
 * Waits for runs, and runs the part for each: in the folder RUN/POD it finds
 *   ROLE.json      in: the run's configuration; with it the run begins
 *   ROLE.stop      in: the run shall end
 *   ROLE.started   out: this run has begun
 *   ROLE.log       out: what the part printed
 *   ROLE.exit      out: its exit status, the last file written
 * and what the part itself writes (see protocol.ts). Each run is a process of its own, so that one run leaves nothing
 * to the next.
 */
export async function supervise(supervision: Supervision): Promise<void> {
  const { role, program, runsDirectory, pod, signal } = supervision;
  const running = new Map<string, { child: ChildProcess; ended: Promise<void> }>();
  const server = createServer((_request, response) => {
    response.end("waits for runs\n");
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(supervision.port, resolve);
  });
  supervision.onReady?.((server.address() as { port: number }).port);
  try {
    while (!signal.aborted) {
      for (const run of readdirSync(runsDirectory)) {
        const folder = new RunFolder(join(runsDirectory, run, pod), role);
        if (!folder.isOpen) continue;
        const own = running.get(run);
        if (!own && folder.has("started")) folder.lost();
        else if (!own) {
          const started = start(folder, program);
          running.set(run, started);
          void started.ended.then(() => running.delete(run));
        } else if (folder.has("stop")) own.child.kill("SIGTERM");
      }
      await sleep(lookEveryMs, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    for (const { child } of running.values()) child.kill("SIGTERM");
    await Promise.all([...running.values()].map(({ ended }) => ended));
    server.close();
    server.closeAllConnections();
  }
}

/** The supervisor as the pod's container runs it. */
export async function superviseFromEnvironment(role: string, program: string): Promise<number> {
  const stop = new AbortController();
  for (const name of ["SIGTERM", "SIGINT"] as const) {
    process.once(name, () => {
      stop.abort();
    });
  }
  await supervise({
    role,
    program,
    runsDirectory: environment("STRATA_RUNS_DIR"),
    pod: environment("STRATA_POD"),
    port: Number(environment("STRATA_READY_PORT")),
    signal: stop.signal,
  });
  return 0;
}

/** A run's files for one pod. */
class RunFolder {
  readonly directory: string;
  readonly #role: string;

  constructor(directory: string, role: string) {
    this.directory = directory;
    this.#role = role;
  }

  file(name: string): string {
    return join(this.directory, `${this.#role}.${name}`);
  }

  has(name: string): boolean {
    return existsSync(this.file(name));
  }

  /** It was begun and has not ended. */
  get isOpen(): boolean {
    return this.has("json") && !this.has("exit");
  }

  log(text: string): void {
    appendFileSync(this.file("log"), text);
  }

  /** A run that began in a container before this one: it died, by the memory limit perhaps. */
  lost(): void {
    this.log("the container was restarted during the run\n");
    this.exited(lostStatus);
  }

  /** The folder may be gone: the runner has given the run up. */
  exited(status: number): void {
    if (!existsSync(this.directory)) return;
    writeFileSync(this.file("exit.new"), `${status}\n`);
    renameSync(this.file("exit.new"), this.file("exit"));
  }
}

function start(folder: RunFolder, program: string): { child: ChildProcess; ended: Promise<void> } {
  const log = openSync(folder.file("log"), "a");
  writeFileSync(folder.file("started"), String(Date.now()));
  const child = spawn(process.execPath, [program], {
    stdio: ["ignore", log, log],
    env: { ...process.env, STRATA_RUN_DIR: folder.directory, STRATA_ROLE_CONFIG: folder.file("json") },
  });
  closeSync(log);
  const ended = new Promise<void>((resolve) => {
    child.once("error", (error) => {
      folder.log(`it could not be started: ${error.message}\n`);
      folder.exited(lostStatus);
      resolve();
    });
    child.once("exit", (status) => {
      folder.exited(status ?? lostStatus);
      resolve();
    });
  });
  return { child, ended };
}
