import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { RoleResult, RoleState } from "../../../benchmarks/workloads/container/protocol.ts";
import type {
  BrokerConfig,
  PartResult,
  PublisherConfig,
  WorkerConfig,
} from "../../../benchmarks/workloads/image-classification/container/protocol.ts";
import { until } from "../until.ts";

const workload = resolve(import.meta.dirname, "../../../benchmarks/workloads/image-classification");

export interface NativeRole {
  process: ChildProcess;
  /** Resolves to the exit status. */
  exited: Promise<number | null>;
  state(): RoleState | undefined;
  result(): RoleResult & PartResult;
  /** Rows of the samples file, by column name. */
  samples(): Record<string, string>[];
  /** @throws Error naming role and state after `limitMs`. */
  reached(state: RoleState["state"], limitMs?: number): Promise<void>;
}

/** Runs a role as its container does, as a process of this host. `directory` holds model/ and photos/. */
export function startRole(
  role: "worker" | "publisher",
  directory: string,
  broker: BrokerConfig,
  config: WorkerConfig | PublisherConfig,
): NativeRole {
  const runDirectory = join(directory, "run");
  mkdirSync(runDirectory, { recursive: true });
  const file = (name: string): string => join(runDirectory, name);
  writeFileSync(join(directory, "workload.json"), JSON.stringify({ broker }));
  writeFileSync(file(`${role}.json`), JSON.stringify(config));
  const child = spawn(process.execPath, [join(workload, "container", role, "main.ts")], {
    stdio: ["ignore", "ignore", "inherit"],
    env: {
      STRATA_RUN_DIR: runDirectory,
      STRATA_CONFIG: join(directory, "workload.json"),
      STRATA_ROLE_CONFIG: file(`${role}.json`),
      STRATA_MODEL_DIR: join(directory, "model"),
      STRATA_PHOTOS_DIR: join(directory, "photos"),
    },
  });
  const exited = new Promise<number | null>((resolveExit) => child.once("exit", resolveExit));
  const state = (): RoleState | undefined =>
    existsSync(file(`${role}.state.json`))
      ? (JSON.parse(readFileSync(file(`${role}.state.json`), "utf8")) as RoleState)
      : undefined;
  return {
    process: child,
    exited,
    state,
    result: () => JSON.parse(readFileSync(file(`${role}.result.json`), "utf8")) as RoleResult & PartResult,
    samples: () => parseCsv(readFileSync(file(`${role}.csv`), "utf8")),
    reached: (wanted, limitMs = 60_000) =>
      until(`${role} to be ${wanted}`, limitMs, () => state()?.state === wanted, 50),
  };
}

/** Tells the publisher when to send its first photo. */
export function giveGo(directory: string, startAtMs: number): void {
  writeFileSync(join(directory, "run", "publisher.go.json"), JSON.stringify({ startAtMs }));
}

/** Enough for the tests' own labels, which hold no comma. */
function parseCsv(text: string): Record<string, string>[] {
  const [header, ...lines] = text.trim().split("\n");
  const columns = header?.split(",") ?? [];
  return lines.map((line) => Object.fromEntries(line.split(",").map((cell, i) => [columns[i] ?? "", cell])));
}
