import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pulumiEnvironment } from "../../setup/pulumi/environment.ts";
import { KeptTestDriver } from "./keptTestDriver.ts";
import { patient } from "./patience.ts";

const documentation = join(import.meta.dirname, "../../docs/libvirt");

/** The programs of docs/libvirt.md in a directory of their own, on libvirt's test driver. */
export class DocumentedPrograms {
  readonly directory = mkdtempSync(join(tmpdir(), "strata-docs-"));
  readonly #driver: KeptTestDriver;

  private constructor(driver: KeptTestDriver) {
    this.#driver = driver;
  }

  static async start(): Promise<DocumentedPrograms> {
    const made = new DocumentedPrograms(await KeptTestDriver.start());
    for (const name of ["backend", "project"]) mkdirSync(join(made.directory, name));
    writeFileSync(join(made.directory, "package.json"), '{ "type": "module" }\n');
    writeFileSync(join(made.directory, "image.img"), Buffer.alloc(2 ** 20));
    return made;
  }

  async stop(): Promise<void> {
    rmSync(this.directory, { recursive: true, force: true });
    await this.#driver.stop();
  }

  /**
   * Runs one as a user runs it: made, unchanged, destroyed.
   *
   * @param plugin the plugin's folder.
   */
  run(language: "typescript" | "yaml", plugin: string): void {
    const project = join(this.directory, "project", language);
    cpSync(join(documentation, language), project, { recursive: true });
    const file = join(project, "Pulumi.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace("../../../providers/libvirt", plugin));
    const settings = {
      "libvirt:uri": this.#driver.uri,
      directory: "/docs",
      image: join(this.directory, "image.img"),
    };
    expect(this.#pulumi(project, "stack", "init", language)).toMatchObject({ status: 0 });
    for (const [key, value] of Object.entries(settings)) {
      expect(this.#pulumi(project, "config", "set", key, value)).toMatchObject({ status: 0 });
    }
    const preview = this.#pulumi(project, "preview");
    expect(preview.output).toMatch(/^ {4}\+ [78] to create$/m);
    expect(preview).toMatchObject({ status: 0 });
    const up = this.#pulumi(project, "up", "--yes", "--skip-preview");
    expect(up.output).toMatch(/acceleration: "test"/);
    expect(up).toMatchObject({ status: 0 });
    expect(this.#pulumi(project, "up", "--yes", "--skip-preview").output).toMatch(/^ {4}[78] unchanged$/m);
    expect(this.#pulumi(project, "destroy", "--yes", "--skip-preview")).toMatchObject({ status: 0 });
  }

  #pulumi(project: string, ...args: string[]): { status: number | null; output: string } {
    const environment = {
      ...process.env,
      ...pulumiEnvironment(),
      NODE_OPTIONS: "",
      PULUMI_BACKEND_URL: `file://${join(this.directory, "backend")}`,
      PULUMI_CONFIG_PASSPHRASE: "docs",
    };
    const options = { cwd: project, env: environment, encoding: "utf8", timeout: patient(120_000) } as const;
    const { status, stdout, stderr } = spawnSync("pulumi", [...args, "--non-interactive", "--color", "never"], options);
    return { status, output: stdout + stderr };
  }
}
