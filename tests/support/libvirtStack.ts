import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as automation from "@pulumi/pulumi/automation/index.js";
import type { OpMap, PulumiFn, Stack } from "@pulumi/pulumi/automation/index.js";
import { findEngine } from "../../setup/engine/find.ts";

const root = join(import.meta.dirname, "../..");

/** Why the engine can't be run here; undefined if it can. */
export function engineProblem(): string | undefined {
  return findEngine() === undefined ? "no Pulumi engine (./strata setup makes one)" : undefined;
}

/** A table of operations with every kind in it, so that a test compares exact numbers. */
export interface Operations {
  create: number;
  update: number;
  replace: number;
  delete: number;
  same: number;
}

/** A stack of a test: an inline program, our libvirt plugin, and a state directory of its own. */
export class LibvirtStack {
  readonly directory: string;
  readonly stack: Stack;
  readonly environment: Record<string, string>;

  private constructor(directory: string, stack: Stack, environment: Record<string, string>) {
    this.directory = directory;
    this.stack = stack;
    this.environment = environment;
  }

  static async create(program: PulumiFn): Promise<LibvirtStack> {
    const directory = mkdtempSync(join(tmpdir(), "stack-"));
    for (const name of ["home", "state", "work"]) mkdirSync(join(directory, name));
    const engine = findEngine();
    if (engine === undefined || !existsSync(join(engine.directory, "pulumi"))) throw new Error("no Pulumi engine");
    const environment = {
      PATH: `${engine.directory}:${process.env.PATH ?? ""}`,
      PULUMI_HOME: join(directory, "home"),
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      STRATA_NODE: process.execPath,
      STRATA_STATE: join(directory, "strata"),
    };
    process.env.PATH = environment.PATH;
    const stack = await automation.LocalWorkspace.createOrSelectStack(
      { stackName: "test", projectName: "libvirt-test", program },
      {
        workDir: join(directory, "work"),
        envVars: environment,
        projectSettings: {
          name: "libvirt-test",
          runtime: "nodejs",
          backend: { url: `file://${join(directory, "state")}` },
          plugins: { providers: [{ name: "libvirt", path: join(root, "providers/libvirt") }] },
        } as automation.ProjectSettings,
      },
    );
    return new LibvirtStack(directory, stack, environment);
  }

  async preview(): Promise<Operations> {
    return operations((await this.stack.preview()).changeSummary);
  }

  async up(parallel = 64): Promise<Operations> {
    const { summary } = await this.stack.up({ parallel });
    return operations(summary.resourceChanges);
  }

  async destroy(): Promise<Operations> {
    const { summary } = await this.stack.destroy();
    return operations(summary.resourceChanges);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function operations(changes: OpMap | undefined): Operations {
  const { create = 0, update = 0, replace = 0, delete: deleted = 0, same = 0 } = changes ?? {};
  return { create, update, replace, delete: deleted, same };
}
