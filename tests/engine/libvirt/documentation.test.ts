// The programs of docs/libvirt.md, run as a user runs them, on libvirt's test driver.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { check } from "../../../providers/kit/crud.ts";
import { domain } from "../../../providers/libvirt/resources/domain.ts";
import { network } from "../../../providers/libvirt/resources/network.ts";
import { pool } from "../../../providers/libvirt/resources/pool.ts";
import { volume } from "../../../providers/libvirt/resources/volume.ts";
import { cloudInitDisk } from "../../../providers/libvirt/resources/cloudInitDisk.ts";
import { Libvirt } from "../../../providers/libvirt/rpc/libvirt.ts";
import { connect } from "../../../providers/libvirt/rpc/procedures.ts";
import { pulumiEnvironment } from "../../../setup/environment.ts";
import { findEngine } from "../../../setup/engine/find.ts";
import { describeUnless, testUnless } from "../../support/describeUnless.ts";
import { libvirtdProblem, PrivateLibvirtd } from "../../support/libvirtd.ts";
import { patient } from "../../support/patience.ts";

const root = join(import.meta.dirname, "../../..");
const problem = libvirtdProblem() ?? (findEngine() ? undefined : "no Pulumi engine (./strata setup makes one)");

describeUnless(problem, "docs/libvirt.md", () => {
  let daemon: PrivateLibvirtd;
  let keep: Libvirt;
  let directory: string;

  beforeAll(async () => {
    daemon = await PrivateLibvirtd.start();
    // The test driver forgets everything when its last connection ends: this one stays.
    keep = new Libvirt(daemon.uri("test"));
    await keep.call(connect.libVersion, undefined);
    directory = mkdtempSync(join(tmpdir(), "strata-docs-"));
    for (const name of ["backend", "project"]) mkdirSync(join(directory, name));
    symlinkSync(join(root, "node_modules"), join(directory, "node_modules"));
    writeFileSync(join(directory, "package.json"), '{ "type": "module" }\n');
    writeFileSync(join(directory, "image.img"), Buffer.alloc(2 ** 20));
  });
  afterAll(async () => {
    rmSync(directory, { recursive: true, force: true });
    keep.close();
    await daemon.stop();
  });

  const pulumi = (project: string, ...args: string[]): { status: number | null; output: string } => {
    const environment = {
      ...process.env,
      ...pulumiEnvironment(),
      NODE_OPTIONS: "",
      PULUMI_BACKEND_URL: `file://${join(directory, "backend")}`,
      PULUMI_CONFIG_PASSPHRASE: "docs",
    };
    const options = { cwd: project, env: environment, encoding: "utf8", timeout: patient(120_000) } as const;
    const { status, stdout, stderr } = spawnSync("pulumi", [...args, "--non-interactive", "--color", "never"], options);
    return { status, output: stdout + stderr };
  };

  const runProgram = (language: "typescript" | "yaml"): void => {
    const project = join(directory, "project", language);
    cpSync(join(root, "docs/libvirt", language), project, { recursive: true });
    const file = join(project, "Pulumi.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace("../../../providers", join(root, "providers")));
    const settings = {
      "libvirt:uri": daemon.uri("test"),
      directory: "/docs",
      image: join(directory, "image.img"),
    };
    expect(pulumi(project, "stack", "init", language)).toMatchObject({ status: 0 });
    for (const [key, value] of Object.entries(settings)) {
      expect(pulumi(project, "config", "set", key, value)).toMatchObject({ status: 0 });
    }
    const up = pulumi(project, "up", "--yes", "--skip-preview");
    expect(up.output).toMatch(/acceleration: "test"/);
    expect(up).toMatchObject({ status: 0 });
    expect(pulumi(project, "up", "--yes", "--skip-preview").output).toMatch(/^ {4}[78] unchanged$/m);
    expect(pulumi(project, "destroy", "--yes", "--skip-preview")).toMatchObject({ status: 0 });
  };

  test("the program in TypeScript", () => {
    runProgram("typescript");
  });

  const yamlHost = spawnSync("sh", ["-c", "command -v pulumi-language-yaml"], { encoding: "utf8" });
  // Pulumi's official release has that language; an engine built from source has not.
  const noYaml = yamlHost.status === 0 ? undefined : "there is no pulumi-language-yaml";
  testUnless(noYaml, "the program in YAML", () => {
    runProgram("yaml");
  });

  test("the program in YAML has resources of ours with the properties that they have", () => {
    const definitions = {
      Domain: domain,
      Network: network,
      Pool: pool,
      Volume: volume,
      CloudInitDisk: cloudInitDisk,
    };
    const operation = { urn: "urn:x", name: "x", signal: new AbortController().signal, log: () => undefined };
    const text = readFileSync(join(root, "docs/libvirt/yaml/Pulumi.yaml"), "utf8").replaceAll(
      /\$\{image\}|\$\{directory\}/g,
      "/x",
    );
    const { resources } = parseDocument(text).toJS() as {
      resources: Record<string, { type: string; properties: Record<string, unknown> }>;
    };
    for (const { type, properties } of Object.values(resources)) {
      const definition = definitions[type.replace("libvirt:", "") as keyof typeof definitions];
      const failures = check(definition, properties, operation).failures;
      // A reference to another resource's output stands as its text.
      expect(failures.filter(({ property }) => property !== "pool")).toEqual([]);
    }
  });

  test("the schema can be had", () => {
    const engine = join(findEngine()?.directory ?? "", "pulumi");
    const plugin = join(root, "providers/libvirt/pulumi-resource-libvirt");
    const env = { ...process.env, ...pulumiEnvironment(), NODE_OPTIONS: "" };
    const schema: unknown = JSON.parse(
      execFileSync(engine, ["package", "get-schema", plugin], { encoding: "utf8", env }),
    );
    expect(schema).toMatchObject({ name: "libvirt", functions: { "libvirt:index/getHost:getHost": {} } });
  });
});
