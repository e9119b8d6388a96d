import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as automation from "@pulumi/pulumi/automation/index.js";
import type { PulumiFn, Stack } from "@pulumi/pulumi/automation/index.js";
import { pulumiEnvironment } from "../../setup/pulumi/environment.ts";

/** How many operations the engine may have under way at once: as many as `strata up` lets it. */
const parallel = 64;

/** A stack whose program runs in this process, with one plugin, and the engine's state in a directory of its own. */
export class InlineStack {
  readonly #directory: string;
  readonly #stack: Stack;

  private constructor(directory: string, stack: Stack) {
    this.#directory = directory;
    this.#stack = stack;
  }

  /** @param plugin `path`: folder of its executable. */
  static async create(plugin: { name: string; path: string }, program: PulumiFn): Promise<InlineStack> {
    const directory = mkdtempSync(join(tmpdir(), "strata-bench-"));
    for (const name of ["home", "backend", "work"]) mkdirSync(join(directory, name));
    const environment = pulumiEnvironment();
    process.env.PATH = environment.PATH;
    const stack = await automation.LocalWorkspace.createOrSelectStack(
      { stackName: "bench", projectName: "bench", program },
      {
        workDir: join(directory, "work"),
        envVars: {
          ...environment,
          PULUMI_HOME: join(directory, "home"),
          PULUMI_BACKEND_URL: `file://${join(directory, "backend")}`,
          PULUMI_CONFIG_PASSPHRASE: "bench",
        },
        projectSettings: {
          name: "bench",
          runtime: "nodejs",
          plugins: { providers: [plugin] },
        } as automation.ProjectSettings,
      },
    );
    return new InlineStack(directory, stack);
  }

  /** @returns how many resources were created, the stack itself left out. */
  async up(): Promise<number> {
    const { summary } = await this.#stack.up({ parallel });
    return (summary.resourceChanges?.create ?? 0) - 1;
  }

  async destroy(): Promise<void> {
    await this.#stack.destroy({ parallel });
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
