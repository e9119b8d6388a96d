import { execa } from "execa";
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withJournal } from "../../cli/journal/run.ts";
import { stateFile } from "../../cli/pulumi/engineState.ts";
import { connect } from "../../providers/libvirt/rpc/procedures.ts";
import { Libvirt } from "../../providers/libvirt/rpc/libvirt.ts";
import { engineVersion } from "../../setup/engine/recipe.ts";
import { previewVariables, pulumiEnvironment } from "../../setup/pulumi/environment.ts";
import { PrivateLibvirtd } from "../support/libvirtd.ts";
import { usedBy, type Used } from "./processTree.ts";

const program = join(import.meta.dirname, "machines");

/** The longest that a step may take. */
const limitMs = 30 * 60_000;

/** What is measured of a stack, in its order. */
export const operations = ["preview", "up", "up again", "destroy"] as const;
export type Operation = (typeof operations)[number];

const argumentsOf: Record<Operation, string[]> = {
  preview: ["preview"],
  up: ["up", "--yes", "--skip-preview"],
  "up again": ["up", "--yes", "--skip-preview"],
  destroy: ["destroy", "--yes", "--skip-preview"],
};

/** Machines on libvirt's test driver (machines/), in a stack whose engine keeps its state in one of two ways. */
export class MachineStack {
  readonly #name: string;
  readonly #journal: boolean;
  readonly #directory = mkdtempSync(join(tmpdir(), "strata-bench-"));
  readonly #daemon: PrivateLibvirtd;
  // The test driver keeps what it has as long as somebody is connected.
  readonly #connection: Libvirt;

  private constructor(name: string, journal: boolean, daemon: PrivateLibvirtd) {
    this.#name = name;
    this.#journal = journal;
    this.#daemon = daemon;
    this.#connection = new Libvirt(daemon.uri("test"));
    for (const folder of ["home", "backend"]) mkdirSync(join(this.#directory, folder));
  }

  static async create(machines: number, journal: boolean): Promise<MachineStack> {
    const name = `bench-${machines}-${process.pid}`;
    const stack = new MachineStack(name, journal, await PrivateLibvirtd.start());
    await stack.#connection.call(connect.libVersion, undefined);
    await stack.#pulumi({}, "stack", "init", name, "--no-select");
    const settings = { machines: String(machines), uri: stack.#daemon.uri("test") };
    for (const [key, value] of Object.entries(settings))
      await stack.#pulumi({}, "config", "set", key, value, "--stack", name);
    return stack;
  }

  /** As the command line does it, with all its processes and libvirt's daemon. */
  operate(operation: Operation): Promise<Used> {
    const run = (variables: Record<string, string>): Promise<unknown> =>
      this.#pulumi(variables, ...argumentsOf[operation], "--stack", this.#name, "--parallel", "64", "--json");
    return usedBy([this.#daemon.pid], () => {
      if (operation === "preview") return run(previewVariables);
      const journaled = { folder: this.#backend, stack: this.#name, engine: engineVersion, say: () => undefined };
      return this.#journal ? withJournal(journaled, run) : run({});
    });
  }

  /** Size of the engine's state, bytes. */
  get stateBytes(): number {
    return statSync(stateFile(this.#backend, this.#name)).size;
  }

  async remove(): Promise<void> {
    this.#connection.close();
    await this.#daemon.stop();
    rmSync(this.#directory, { recursive: true, force: true });
    rmSync(join(program, `Pulumi.${this.#name}.yaml`), { force: true });
  }

  get #backend(): string {
    return join(this.#directory, "backend");
  }

  async #pulumi(variables: Record<string, string>, ...args: string[]): Promise<void> {
    const env = {
      ...pulumiEnvironment(),
      ...{ PULUMI_HOME: join(this.#directory, "home"), PULUMI_BACKEND_URL: `file://${this.#backend}` },
      ...{ PULUMI_CONFIG_PASSPHRASE: "bench", ...variables },
    };
    // Events of thousands of resources are longer than what is kept of a program's output.
    await execa("pulumi", [...args, "--non-interactive"], {
      ...{ cwd: program, env, stdin: "ignore", stdout: "ignore", timeout: limitMs },
    });
  }
}
