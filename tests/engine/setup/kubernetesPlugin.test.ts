// The plugin that setup installs, driven by the engine: without any cluster it renders objects as files.
import { execa } from "execa";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pulumiEnvironment } from "../../../setup/pulumi/environment.ts";
import { describeUnless } from "../../support/describeUnless.ts";
import { kubernetesPluginDirectory } from "../../../setup/steps/kubernetesPlugin.ts";

const program = `
import { Provider } from "@pulumi/kubernetes/provider.js";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap.js";
const provider = new Provider("files", { renderYamlToDirectory: "rendered" });
new ConfigMap("settings", { metadata: { name: "settings" }, data: { colour: "blue" } }, { provider });
`;

const withPlugin = (): void => {
  let directory: string;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "strata-kubernetes-"));
    mkdirSync(join(directory, "state"));
    symlinkSync(resolve(import.meta.dirname, "../../../node_modules"), join(directory, "node_modules"));
    writeFileSync(
      join(directory, "Pulumi.yaml"),
      "name: rendered\nruntime: { name: nodejs, options: { typescript: false } }\nmain: index.mjs\n",
    );
    writeFileSync(join(directory, "package.json"), '{ "name": "rendered", "type": "module" }');
    writeFileSync(join(directory, "index.mjs"), program);
    await pulumi("stack", "init", "test");
  });

  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  const pulumi = async (...args: string[]): Promise<string> => {
    const { stdout } = await execa("pulumi", [...args, "--non-interactive"], {
      cwd: directory,
      stdin: "ignore",
      env: {
        ...pulumiEnvironment(),
        PULUMI_BACKEND_URL: `file://${join(directory, "state")}`,
        PULUMI_CONFIG_PASSPHRASE: "test",
        PULUMI_CONFIG_PASSPHRASE_FILE: undefined,
      },
    });
    return stdout;
  };

  test("preview and up of one object", async () => {
    const { changeSummary } = JSON.parse(await pulumi("preview", "--stack", "test", "--json")) as {
      changeSummary: Record<string, number>;
    };
    expect(changeSummary).toEqual({ create: 3 });
    await pulumi("up", "--stack", "test", "--yes", "--skip-preview");
    const file = join(directory, "rendered/1-manifest/v1-configmap-default-settings.yaml");
    const text = readFileSync(file, "utf8");
    expect(text).toMatch(/^apiVersion: v1\ndata:\n {2}colour: blue\nkind: ConfigMap\n/);
  });
};

const missing =
  kubernetesPluginDirectory() === undefined
    ? "the plugin kubernetes is not installed; ./strata setup --kubernetes builds it"
    : undefined;
describeUnless(missing, "the plugin kubernetes", withPlugin);
