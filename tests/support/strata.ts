import { execa, execaSync, type ResultPromise } from "execa";
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { patient } from "./patience.ts";
import { leftoversOf } from "./leftovers.ts";

const root = join(import.meta.dirname, "../..");
const own = [".git", ".strata", "node_modules"];

/** Of any one command, `up` of a cluster included, which has taken 16 minutes of a busy machine; less than jest's own, so that what hangs is named. */
const limitMs = 30 * 60_000;

/** Of those that may build Kubernetes from its source, in half an hour. */
const buildingLimitMs = 45 * 60_000;

const limitOf = ([command = ""]: string[]): number =>
  patient(["setup", "mirror"].includes(command) ? buildingLimitMs : limitMs);

/** A command that ended. */
export interface Finished {
  exitCode: number | undefined;
  stdout: string;
  /** Standard output and standard error, as a terminal shows them. */
  all: string;
}

/** Where a user works, and how. */
export interface Place {
  /** Path below the sandbox's directory, in which its checkout and state are. */
  folder?: string;
  /** Laid over the environment; undefined takes a variable away. */
  environment?: Record<string, string | undefined>;
  /** Command and arguments that each command is run by. */
  as?: () => string[];
}

/** A command that runs; awaited, what it ended with. */
type Started = ResultPromise<{ stdin: "ignore"; all: true; reject: false }>;

/**
 * A checkout and a state directory of its own for a test: its own keys, engine state, embedded host and, since Pulumi keeps
 * them in the checkout, its stacks' settings, beside any that exist. The packages are this checkout's.
 */
export class Sandbox {
  readonly #root = mkdtempSync(join(tmpdir(), "strata-test-"));
  readonly state: string;
  readonly project: string;
  /** Where the kubernetes plugin leaves kubeconfigs, when it is started by plain `pulumi`. */
  readonly #temporary: string;
  readonly #place: Place;
  #lines: string | undefined;

  constructor(place: Place = {}) {
    this.#place = place;
    this.state = join(this.#root, place.folder ?? "");
    this.project = join(this.state, "checkout");
    mkdirSync(this.state, { recursive: true });
    this.#temporary = mkdtempSync(join(this.#root, "tmp-"));
    const filter = (path: string): boolean => !own.includes(relative(root, path));
    cpSync(root, this.project, { recursive: true, preserveTimestamps: true, filter });
    symlinkSync(join(root, "node_modules"), join(this.project, "node_modules"));
    mkdirSync(join(this.project, ".strata"));
  }

  /**
   * Runs `./strata`, or after `eval "$(./strata env)"` a command such as `pulumi`, as a user would.
   *
   * @throws Error with the end of what was printed, when it does not end.
   */
  async run(command: string, ...args: string[]): Promise<Finished> {
    const { exitCode, stdout, all, timedOut } = await this.#start({}, command, args);
    if (timedOut) {
      throw new Error(`${command} ${args.join(" ")} did not end in ${limitOf(args) / 1000} s\n${all.slice(-6000)}`);
    }
    return { exitCode, stdout, all };
  }

  /** The same in a process group of its own, to be looked at and killed as a whole while it runs. */
  startGroup(command: string, ...args: string[]): Started {
    return this.#start({ detached: true }, command, args);
  }

  #start(more: { detached?: true }, command: string, args: string[]): Started {
    const own =
      command === "strata"
        ? [this.#strata, ...args]
        : ["sh", "-c", `${this.#environmentLines()}\nexec "$@"`, "sh", command, ...args];
    const where = { cwd: this.project, env: this.environment, timeout: limitOf(args), ...more };
    return execa(...this.#asUser(own), { stdin: "ignore", reject: false, all: true, ...where });
  }

  get #strata(): string {
    return join(this.project, "strata");
  }

  /** What `./strata env` prints, the same each time that a place is asked. */
  #environmentLines(): string {
    const where = { cwd: this.project, env: this.environment };
    return (this.#lines ??= execaSync(...this.#asUser([this.#strata, "env"]), where).stdout);
  }

  #asUser(words: string[]): [file: string, rest: string[]] {
    const [file = "", ...rest] = [...(this.#place.as?.() ?? []), ...words];
    return [file, rest];
  }

  /** As `run`. @throws Error with the failures and the end of what was printed, when the exit status is not 0. */
  async succeed(command: string, ...args: string[]): Promise<Finished> {
    const result = await this.run(command, ...args);
    if (result.exitCode !== 0) {
      const failures = result.all.split("\n").filter((line) => /\b(fatal|error):/.test(line));
      const words = [`${command} ${args.join(" ")}: exit status ${result.exitCode}`, ...failures.slice(0, 20), "..."];
      throw new Error([...words, result.all.slice(-6000)].join("\n"));
    }
    return result;
  }

  get environment(): Record<string, string | undefined> {
    const own = { STRATA_STATE: this.state, TMPDIR: this.#temporary, CI: "true", PULUMI_SKIP_UPDATE_CHECK: "true" };
    return { ...own, ...this.#place.environment };
  }

  /** What its testbeds have left on the host. */
  leftovers(): string[] {
    return leftoversOf(this.state);
  }

  /**
   * Removes the testbeds that a failed test left, and the state.
   *
   * @throws Error when one can't be removed; the state is kept, since without it nothing could be.
   */
  async clean(): Promise<void> {
    await this.#destroyAll();
    // In the cache, by the checkout's place.
    const plugins = join(this.state, "pulumi-home/plugins");
    if (existsSync(plugins)) rmSync(realpathSync(plugins), { recursive: true });
    rmSync(this.#root, { recursive: true, force: true });
  }

  async #destroyAll(): Promise<void> {
    // The engine's own part of the state; before it is there, nothing can have been made.
    if (!existsSync(join(this.state, "pulumi"))) return;
    const { stdout } = await this.succeed("pulumi", "stack", "ls", "--json");
    for (const { name } of JSON.parse(stdout) as { name: string }[]) {
      await this.run("pulumi", "cancel", "--stack", name, "--yes");
      const { exitCode, all } = await this.run("strata", "destroy", name, "--yes");
      if (exitCode !== 0) {
        throw new Error(
          `the testbed ${name} that a test left can't be removed; its state is kept: ` +
            `STRATA_STATE=${this.state} ${this.project}/strata destroy ${name}\n${all.slice(-3000)}`,
        );
      }
    }
  }
}

/** Number of resources by what happened to them, as the end of `pulumi up` says: `{ updated: 4, unchanged: 33 }`. */
export function summaryOf(output: string): Record<string, number> {
  const [, summary = ""] = output.split(/^Resources:$/m);
  const counts = [...summary.matchAll(/^ +(?:[-+~]+ )?(\d+) (created|updated|replaced|deleted|unchanged|errored)/gm)];
  return Object.fromEntries(counts.map(([, count, what]) => [what ?? "", Number(count)]));
}
