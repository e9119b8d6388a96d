import { execa } from "execa";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resourceNames } from "../../components/libvirt/plan/naming.ts";
import type { TestbedArgs } from "../../components/experiment/whole/testbed.ts";
import { embeddedHost, type EmbeddedHost } from "../../local/embeddedHost.ts";
import { placeOf } from "../../local/place.ts";
import { removeHost } from "../../providers/strata/host/daemon.ts";
import { previewVariables, pulumiEnvironment } from "../../setup/pulumi/environment.ts";

const program = join(import.meta.dirname, "program");
const project = join(import.meta.dirname, "../..");

/** The longest that any step may take: eight machines that boot at once on a busy host of two cores. */
const limitMs = 15 * 60_000;

/** Exit status of the runner on a system that did not keep up with the load. */
const notSustained = 3;

/** Number of resources by operation. */
export type Operations = Partial<Record<"create" | "update" | "replace" | "delete" | "same", number>>;

/** A testbed of a benchmark: a stack of tests/bench/program in a state directory of its own. */
export class BenchStack {
  readonly name: string;
  readonly state = mkdtempSync(join(tmpdir(), "strata-bench-"));
  readonly #environment: Record<string, string>;

  private constructor(name: string, more: Record<string, string>) {
    this.name = name;
    this.#environment = withState(this.state, () => ({ ...pulumiEnvironment(), STRATA_STATE: this.state, ...more }));
  }

  /** The libvirt daemon that its machines run on. */
  get host(): EmbeddedHost {
    return withState(this.state, embeddedHost);
  }

  /** The bridge of its machines. */
  get bridge(): string {
    return withState(this.state, () => resourceNames(this.name, placeOf(this.name).id).bridge);
  }

  /** ssh's configuration, which knows the machines by name. */
  get sshConfiguration(): string {
    return join(this.state, "stacks", this.name, "ssh_config");
  }

  /** @param more variables of the engine's environment. */
  static async create(name: string, args: TestbedArgs, more: Record<string, string> = {}): Promise<BenchStack> {
    const made = new BenchStack(name, more);
    // Its state directory is new: the command plugin is installed into it.
    const cluster = args.software?.some(({ kind }) => kind === "kubernetes") ? ["--kubernetes"] : [];
    await execa(join(project, "strata"), ["setup", "--yes", ...cluster], {
      env: { STRATA_STATE: made.state },
      timeout: limitMs,
    });
    await made.#pulumi("stack", "init", name, "--no-select");
    await made.configure(args);
    return made;
  }

  /** What the next up builds. */
  async configure(args: TestbedArgs): Promise<void> {
    await this.#pulumi("config", "set", "testbed", JSON.stringify(args), "--stack", this.name);
  }

  /** As `strata preview` does it. */
  async preview(): Promise<Operations> {
    const preview = await this.#engine(
      ["preview", "--stack", this.name, "--json", "--parallel", "64"],
      previewVariables,
    );
    return (JSON.parse(preview) as { changeSummary: Operations }).changeSummary;
  }

  async up(): Promise<void> {
    await this.#pulumi("up", "--stack", this.name, "--yes", "--skip-preview", "--parallel", "64");
  }

  /** As up; resolves with the time, in ms since 1970, at which the engine printed the text. */
  async upFrom(text: string): Promise<number> {
    const args = ["up", "--stack", this.name, "--yes", "--skip-preview", "--parallel", "64", "--non-interactive"];
    let begun: number | undefined;
    const child = execa("pulumi", args, { cwd: program, env: this.#environment, stdin: "ignore", timeout: limitMs });
    child.stdout.on("data", (chunk: Buffer) => {
      if (begun === undefined && chunk.toString().includes(text)) begun = Date.now();
    });
    await child;
    if (begun === undefined) throw new Error(`pulumi up printed no "${text}"`);
    return begun;
  }

  /** What the latest update did. */
  async lastOperations(): Promise<Operations> {
    const history = await this.#pulumi("stack", "history", "--stack", this.name, "--json", "--page-size", "1");
    return (JSON.parse(history) as { resourceChanges?: Operations }[])[0]?.resourceChanges ?? {};
  }

  /** The testbed as its outputs tell it. */
  async output(): Promise<unknown> {
    return JSON.parse(await this.#pulumi("stack", "output", "testbed", "--stack", this.name, "--json"));
  }

  /** Runs its benchmark. A run that did not keep up has run all the same. */
  async bench(): Promise<void> {
    const script = join(import.meta.dirname, "measure.ts");
    const { failed, exitCode, stderr } = await execa(
      process.execPath,
      [script, join(this.state, "stacks", this.name)],
      {
        env: this.#environment,
        input: JSON.stringify(await this.output()),
        timeout: limitMs,
        reject: false,
      },
    );
    if (failed && exitCode !== notSustained) throw new Error(`the benchmark failed: ${stderr}`);
  }

  /** Ends everything, also after a failure half way. */
  async remove(): Promise<void> {
    try {
      await this.#pulumi("destroy", "--stack", this.name, "--yes", "--skip-preview", "--parallel", "64");
      await this.#pulumi("stack", "rm", this.name, "--yes");
    } finally {
      await removeHost(this.host);
      for (const file of readdirSync(program).filter((name) => name.startsWith(`Pulumi.${this.name}.`))) {
        rmSync(join(program, file));
      }
      rmSync(this.state, { recursive: true, force: true });
    }
  }

  #pulumi(...args: string[]): Promise<string> {
    return this.#engine(args, {});
  }

  async #engine(args: string[], variables: Record<string, string>): Promise<string> {
    const { stdout, stderr, failed, shortMessage } = await execa("pulumi", [...args, "--non-interactive"], {
      cwd: program,
      env: { ...this.#environment, ...variables },
      stdin: "ignore",
      timeout: limitMs,
      reject: false,
    });
    if (failed) throw new Error(`pulumi ${args.slice(0, 2).join(" ")}: ${shortMessage ?? ""}\n${stdout}\n${stderr}`);
    return stdout;
  }
}

/** Runs `work` as if this process belonged to another state directory. */
function withState<Result>(state: string, work: () => Result): Result {
  const before = process.env.STRATA_STATE;
  process.env.STRATA_STATE = state;
  try {
    return work();
  } finally {
    if (before === undefined) delete process.env.STRATA_STATE;
    else process.env.STRATA_STATE = before;
  }
}
