import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadTestbed, type Loaded } from "../components/experiment/whole/load.ts";
import { mergeOver } from "../components/experiment/merge.ts";
import { confinedTraceReader } from "../components/traceReader.ts";

/** Where an experiment's settings besides its file come from: Pulumi configuration, namespace `strata`. */
export interface ExperimentConfig {
  get(key: "experiment"): string | undefined;
  getObject(key: "testbed"): unknown;
}

/** Where experiments are, a file each. */
const stacks = join(import.meta.dirname, "../stacks");

const noConfig: ExperimentConfig = { get: () => undefined, getObject: () => undefined };

/**
 * Reads the experiment of a stack: the file stacks/<stack>.yaml, or the one that config `strata:experiment` names, with
 * the object config `strata:testbed` merged over it.
 *
 * @throws Error when there is no such file, naming those that there are.
 */
export function readExperiment(stack: string, config: ExperimentConfig = noConfig): { file: string; loaded: Loaded } {
  const name = config.get("experiment") ?? stack;
  const path = join(stacks, `${name}.yaml`);
  if (!existsSync(path)) {
    throw new Error(
      `stack ${stack}: there is no experiment file stacks/${name}.yaml; there are: ${experiments().join(", ")}`,
    );
  }
  const override = mergeOver(withDecimals(config.getObject("testbed")), askedLease());
  const loaded = loadTestbed(readFileSync(path, "utf8"), override, confinedTraceReader(stacks));
  return { file: `stacks/${name}.yaml`, loaded };
}

/** That of `strata up --lease`, until it is in the stack's configuration. */
function askedLease(): object | undefined {
  const { STRATA_LEASE: lease } = process.env;
  return lease === undefined ? undefined : { lease };
}

/** `pulumi config set --path` takes 2 for a number, but 0.7 for text. */
function withDecimals(value: unknown): unknown {
  if (typeof value === "string") return /^-?\d+\.\d+$/.test(value) ? Number(value) : value;
  if (Array.isArray(value)) return value.map(withDecimals);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withDecimals(part)]));
}

/** Names of the experiments in stacks/, sorted. */
export function experiments(): string[] {
  return readdirSync(stacks)
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => file.slice(0, -".yaml".length))
    .sort();
}
