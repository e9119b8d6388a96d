// The programs of docs/libvirt.md, run as a user runs them, on libvirt's test driver.
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { check } from "../../../providers/kit/crud.ts";
import { domain } from "../../../providers/libvirt/resources/domain.ts";
import { network } from "../../../providers/libvirt/resources/network.ts";
import { pool } from "../../../providers/libvirt/resources/pool.ts";
import { volume } from "../../../providers/libvirt/resources/volume.ts";
import { cloudInitDisk } from "../../../providers/libvirt/resources/cloudInitDisk.ts";
import { pulumiEnvironment } from "../../../setup/pulumi/environment.ts";
import { findEngine } from "../../../setup/engine/find.ts";
import { describeUnless, testUnless } from "../../support/describeUnless.ts";
import { DocumentedPrograms } from "../../support/documentedPrograms.ts";
import { libvirtdProblem } from "../../support/libvirtd.ts";

const root = join(import.meta.dirname, "../../..");
const problem = libvirtdProblem() ?? (findEngine() ? undefined : "no Pulumi engine (./strata setup makes one)");

describeUnless(problem, "docs/libvirt.md", () => {
  let programs: DocumentedPrograms;
  const plugin = join(root, "providers/libvirt");

  beforeAll(async () => {
    programs = await DocumentedPrograms.start();
    symlinkSync(join(root, "node_modules"), join(programs.directory, "node_modules"));
  });
  afterAll(() => programs.stop());

  test("the program in TypeScript", () => {
    programs.run("typescript", plugin);
  });

  const yamlHost = spawnSync("sh", ["-c", "command -v pulumi-language-yaml"], { encoding: "utf8" });
  // Pulumi's official release has that language; an engine built from source has not.
  const noYaml = yamlHost.status === 0 ? undefined : "there is no pulumi-language-yaml";
  testUnless(noYaml, "the program in YAML", () => {
    programs.run("yaml", plugin);
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
    const env = { ...process.env, ...pulumiEnvironment(), NODE_OPTIONS: "" };
    const schema: unknown = JSON.parse(
      execFileSync(engine, ["package", "get-schema", join(plugin, "pulumi-resource-libvirt")], {
        encoding: "utf8",
        env,
      }),
    );
    expect(schema).toMatchObject({ name: "libvirt", functions: { "libvirt:index/getHost:getHost": {} } });
  });
});
