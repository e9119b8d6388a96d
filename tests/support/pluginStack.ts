import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import * as automation from "@pulumi/pulumi/automation/index.js";
import type { OpMap, OutputMap, PulumiFn, Stack, UpResult } from "@pulumi/pulumi/automation/index.js";
import { cacheDirectory } from "../../local/cacheDirectory.ts";
import { messageOf } from "../../providers/kit/plain/errors.ts";
import { findEngine } from "../../setup/engine/find.ts";
import { isPlugin, killProcesses } from "./killProcesses.ts";
import { outliveEngine } from "./endedEngine.ts";

outliveEngine();

const root = join(import.meta.dirname, "../..");

/** Every kind of operation, so that a test compares exact numbers. */
export interface Operations {
  create: number;
  update: number;
  replace: number;
  delete: number;
  same: number;
}

/** A resource in the engine's state, as far as tests change it. */
export interface KeptResource {
  urn: string;
  type: string;
  id?: string;
  custom: boolean;
  parent?: string;
  /** Its provider's URN and id. */
  provider?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}

/** A stack of a test: an inline program that may change, some of our plugins, and state directories of its own. */
export class PluginStack {
  readonly directory: string;
  readonly state: string;
  #stack!: Stack;
  #interrupted = new AbortController();

  private constructor() {
    this.directory = mkdtempSync(join(tmpdir(), "plugin-stack-"));
    this.state = join(this.directory, "strata");
  }

  /** @param plugins folders of providers/, the plugins' names. */
  static async create(plugins: string[]): Promise<PluginStack> {
    const engine = findEngine();
    if (engine === undefined) throw new Error("no Pulumi engine (./strata setup makes one)");
    const made = new PluginStack();
    for (const name of ["home", "backend", "work", "tmp"]) mkdirSync(join(made.directory, name));
    process.env.PATH = `${engine.directory}:${process.env.PATH ?? ""}`;
    made.#stack = await automation.LocalWorkspace.createOrSelectStack(
      { stackName: "test", projectName: "plugin-test", program: () => Promise.resolve() },
      {
        workDir: join(made.directory, "work"),
        envVars: {
          PATH: process.env.PATH,
          PULUMI_HOME: join(made.directory, "home"),
          // Where the kubernetes plugin leaves kubeconfigs.
          TMPDIR: join(made.directory, "tmp"),
          PULUMI_CONFIG_PASSPHRASE: "test",
          PULUMI_SKIP_UPDATE_CHECK: "true",
          STRATA_NODE: process.execPath,
          NODE_COMPILE_CACHE: join(cacheDirectory(), "compiled"),
          STRATA_STATE: made.state,
        },
        projectSettings: {
          name: "plugin-test",
          runtime: "nodejs",
          backend: { url: `file://${join(made.directory, "backend")}` },
          plugins: { providers: plugins.map((name) => ({ name, path: join(root, "providers", name) })) },
        } as automation.ProjectSettings,
      },
    );
    return made;
  }

  async preview(program: PulumiFn): Promise<Operations> {
    return operations((await this.#stack.preview({ program })).changeSummary);
  }

  /** What a preview says of one resource: the operation, and each value that differs ("+" new, "-" gone, "~" another). */
  async previewDetail(program: PulumiFn, name: string): Promise<{ op: string; diff: string[] }> {
    let found = { op: "same", diff: [] as string[] };
    await this.#stack.preview({
      program,
      onEvent: ({ resourcePreEvent }) => {
        const metadata = resourcePreEvent?.metadata;
        if (metadata?.urn.split("::").at(-1) !== name || !["update", "replace"].includes(metadata.op)) return;
        const signs: Record<string, string> = { add: "+", delete: "-", update: "~" };
        const diff = Object.entries(metadata.detailedDiff ?? {}).map(
          ([path, { diffKind }]) => `${signs[diffKind.replace("-replace", "")] ?? diffKind}${path}`,
        );
        found = { op: metadata.op, diff: diff.sort() };
      },
    });
    return found;
  }

  async up(program: PulumiFn, onOutput?: (text: string) => void): Promise<Operations> {
    const { summary } = await this.#up(program, onOutput);
    return operations(summary.resourceChanges);
  }

  /** What went wrong in an update that has to fail. */
  async failure(program: PulumiFn): Promise<string> {
    try {
      await this.#up(program);
    } catch (error) {
      return messageOf(error);
    }
    throw new Error("the update succeeded");
  }

  async #up(program: PulumiFn, onOutput?: (text: string) => void): Promise<UpResult> {
    this.#interrupted = new AbortController();
    return this.#stack.up({ program, onOutput, signal: this.#interrupted.signal });
  }

  /** Ends the update that runs, as Ctrl-C does: the engine gets SIGINT. */
  interrupt(): void {
    this.#interrupted.abort();
  }

  /**
   * Ends the update that runs as a crash does: engine, program and plugins get SIGKILL; the stack's lock is released.
   *
   * @returns how many processes there were.
   */
  async kill(): Promise<number> {
    const killed = killProcesses(this.#mark, (command) => /^(pulumi|node)/.test(basename(command.split(" ")[0] ?? "")));
    await this.#stack.cancel();
    return killed;
  }

  /** Ends one plugin of the update that runs, as a crash of it does. @returns how many processes there were. */
  killPlugin(name: string): number {
    return killProcesses(this.#mark, isPlugin(name));
  }

  get #mark(): string {
    return `PULUMI_HOME=${join(this.directory, "home")}`;
  }

  async outputs(): Promise<OutputMap> {
    return this.#stack.outputs();
  }

  async refresh(): Promise<Operations> {
    const { summary } = await this.#stack.refresh();
    return operations(summary.resourceChanges);
  }

  /** What the engine keeps on disk. */
  keptState(): string {
    return readFileSync(join(this.directory, "backend/.pulumi/stacks/plugin-test/test.json"), "utf8");
  }

  /** The engine's state with its secrets, as `pulumi stack export --show-secrets` prints it. */
  async exported(): Promise<string> {
    return JSON.stringify(await this.#stack.exportStack());
  }

  /**
   * Drops resources from the engine's state, so that they exist and the engine does not know: what is left when a run
   * is killed between making them and writing that down.
   */
  async forget(...names: string[]): Promise<void> {
    await this.rewriteState((resources) =>
      resources.filter(({ urn }) => !names.includes(urn.split("::").at(-1) ?? "")),
    );
  }

  /** Drops outputs of all resources from the engine's state, so that it is as a version that did not have them left it. */
  async forgetOutputs(...names: string[]): Promise<void> {
    await this.rewriteState((resources) => {
      for (const { outputs = {} } of resources) for (const name of names) Reflect.deleteProperty(outputs, name);
      return resources;
    });
  }

  /** Puts other resources in the place of those in the engine's state. */
  async rewriteState(edit: (resources: KeptResource[]) => KeptResource[]): Promise<void> {
    const exported = await this.#stack.exportStack();
    const deployment = exported.deployment as { resources: KeptResource[] };
    deployment.resources = edit(deployment.resources);
    await this.#stack.importStack(exported);
  }

  /** What goes wrong in a destroy that has to fail. */
  async failureToDestroy(): Promise<string> {
    return this.destroy().then(
      () => Promise.reject(new Error("the destroy succeeded")),
      (error: unknown) => String(error),
    );
  }

  async destroy(): Promise<Operations> {
    const { summary } = await this.#stack.destroy();
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
