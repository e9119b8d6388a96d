import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { appendFileSync, closeSync, existsSync, openSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { environment } from "../shared/config.ts";

/** How often it looks for new runs, in ms; on an idle emulated processor that costs nothing that can be measured. */
const lookEveryMs = 500;
/** Exit status of a run whose container was ended under it. */
export const lostStatus = 255;

export interface Supervision {
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
 * Waits for runs, and runs the worker for each: in the folder RUN/POD it finds
 *   worker.json      in: the run's configuration (WorkerConfig); with it the run begins
 *   worker.stop      in: the run shall end
 *   worker.started   out: this run has begun
 *   worker.log       out: what the worker printed
 *   worker.exit      out: its exit status, the last file written
 * and what the worker itself writes (see protocol.ts). Each run is a process of its own, so that one run leaves nothing
 * to the next.
 */
export async function supervise(supervision: Supervision): Promise<void> {
  const { runsDirectory, pod, signal } = supervision;
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
      for (const directory of ownRuns(runsDirectory, pod)) {
        const run = running.get(directory);
        if (!run && existsSync(file(directory, "started"))) lost(directory);
        else if (!run) {
          const started = start(directory);
          running.set(directory, started);
          void started.ended.then(() => running.delete(directory));
        } else if (existsSync(file(directory, "stop"))) run.child.kill("SIGTERM");
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
export async function superviseFromEnvironment(): Promise<number> {
  const stop = new AbortController();
  for (const name of ["SIGTERM", "SIGINT"] as const) {
    process.once(name, () => {
      stop.abort();
    });
  }
  await supervise({
    runsDirectory: environment("STRATA_RUNS_DIR"),
    pod: environment("STRATA_POD"),
    port: Number(environment("STRATA_READY_PORT")),
    signal: stop.signal,
  });
  return 0;
}

const file = (directory: string, name: string): string => join(directory, `worker.${name}`);

/** Folders of runs for this pod that have not ended. */
function ownRuns(runsDirectory: string, pod: string): string[] {
  return readdirSync(runsDirectory)
    .map((run) => join(runsDirectory, run, pod))
    .filter((directory) => existsSync(file(directory, "json")) && !existsSync(file(directory, "exit")));
}

function start(directory: string): { child: ChildProcess; ended: Promise<void> } {
  writeFileSync(file(directory, "started"), "");
  const log = openSync(file(directory, "log"), "a");
  const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts")], {
    stdio: ["ignore", log, log],
    env: { ...process.env, STRATA_RUN_DIR: directory, STRATA_ROLE_CONFIG: file(directory, "json") },
  });
  closeSync(log);
  const ended = new Promise<void>((resolve) => {
    child.once("error", (error) => {
      appendFileSync(file(directory, "log"), `the worker could not be started: ${error.message}\n`);
      writeExit(directory, lostStatus);
      resolve();
    });
    child.once("exit", (status) => {
      writeExit(directory, status ?? lostStatus);
      resolve();
    });
  });
  return { child, ended };
}

/** A run that began in a container before this one: it died, by the memory limit perhaps. */
function lost(directory: string): void {
  appendFileSync(file(directory, "log"), "the container was restarted during the run\n");
  writeExit(directory, lostStatus);
}

/** The folder may be gone: the runner has given the run up. */
function writeExit(directory: string, status: number): void {
  if (!existsSync(directory)) return;
  writeFileSync(file(directory, "exit.new"), `${status}\n`);
  renameSync(file(directory, "exit.new"), file(directory, "exit"));
}
