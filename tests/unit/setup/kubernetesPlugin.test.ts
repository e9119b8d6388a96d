// The ways to the kubernetes plugin, with the publisher's site and the go command pretended.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { buildPlugin, builtPluginDirectory, builtPluginProblem } from "../../../setup/kubernetes-plugin/build.ts";
import { kubernetesPluginDirectory, kubernetesPluginStep } from "../../../setup/steps/kubernetesPlugin.ts";
import { ownHome } from "../../../setup/pulumi/statePaths.ts";

const version = "4.34.2";
const directory = mkdtempSync(join(tmpdir(), "strata-kubernetes-plugin-"));
const variables = ["PATH", "STRATA_CACHE", "STRATA_STATE", "HOME", "PULUMI_HOME", "PULUMI_ACCESS_TOKEN"] as const;
const saved = Object.fromEntries(variables.map((name) => [name, process.env[name]]));
const savedFetch = globalThis.fetch;
const signal = new AbortController().signal;
let told: string[];

beforeEach(() => {
  delete process.env.PULUMI_HOME;
  delete process.env.PULUMI_ACCESS_TOKEN;
  process.env.STRATA_CACHE = mkdtempSync(join(directory, "cache-"));
  process.env.STRATA_STATE = mkdtempSync(join(directory, "state-"));
  process.env.HOME = directory;
  process.env.PATH = `${toolsFolder()}:/usr/bin:/bin`;
  globalThis.fetch = () => Promise.reject(new TypeError("fetch failed", { cause: new Error("no such host") }));
  told = [];
});

afterAll(() => {
  for (const [name, value] of Object.entries(saved)) {
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  }
  globalThis.fetch = savedFetch;
  rmSync(directory, { recursive: true });
});

/** A go command whose module has a schema and whose programs only tell it, and a pulumi, which setup looks for. */
function toolsFolder(): string {
  const folder = mkdtempSync(join(directory, "tools-"));
  const module = join(folder, "module/cmd/pulumi-resource-kubernetes");
  mkdirSync(module, { recursive: true });
  writeFileSync(join(module, "schema.json"), '{\n  "name": "kubernetes"\n}\n');
  writeFileSync(join(module, "terraform-mapping.json"), '{ "provider": 1 }');
  writeFileSync(
    join(folder, "go"),
    `#!/bin/sh
case "$1" in
  env) echo go1.26.8 ;;
  mod) echo '{"Dir": "${join(folder, "module")}"}' ;;
  list) echo one ;;
  build)
    echo "$CGO_ENABLED $*" >'${folder}/call'
    while [ "$1" != -o ]; do shift; done
    cat schema-embed.json terraform-mapping-embed.json main.go >"$2" ;;
esac
`,
    { mode: 0o755 },
  );
  writeFileSync(join(folder, "pulumi"), "#!/bin/sh\necho v3.274.1\n", { mode: 0o755 });
  return folder;
}

const install = (): Promise<void> =>
  kubernetesPluginStep.do(({ text, detail }) => told.push(`${text} ${detail ?? ""}`.trim()), signal);

test("without a network it is built once, stamped with the SDK's version, and linked into the own Pulumi home", async () => {
  expect(await kubernetesPluginStep.check()).toEqual({
    state: "missing",
    detail: "plugin kubernetes 4.34.2 is not installed",
    fix: "Run ./strata setup --kubernetes.",
  });
  expect(kubernetesPluginDirectory()).toBeUndefined();
  await install();
  expect(told[1]).toMatch(/^the official plugin can't be had, building from Go modules https:.*: no such host$/);
  expect(await kubernetesPluginStep.check()).toEqual({ state: "ready", detail: "4.34.2, built from Go modules" });
  const link = join(ownHome(), "plugins/resource-kubernetes-v4.34.2/pulumi-resource-kubernetes");
  const built = join(builtPluginDirectory(version), "pulumi-resource-kubernetes");
  expect(kubernetesPluginDirectory()).toBe(dirname(link));
  expect(readlinkSync(link)).toBe(built);
  expect(readFileSync(built, "utf8")).toMatch(/^{"name":"kubernetes","version":"4.34.2"}{"provider":1}\/\/ The Pulumi/);
  const [tools = ""] = (process.env.PATH ?? "").split(":");
  const call = readFileSync(join(tools, "call"), "utf8").trim();
  expect(call.replace(/-o \S+/, "-o FILE")).toBe(
    "0 build -v -mod=readonly -trimpath -buildvcs=false -ldflags=-s -w -X github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version.Version=4.34.2 -o FILE .",
  );
  // Nothing half done is left.
  expect(readdirSync(dirname(builtPluginDirectory(version)))).toHaveLength(1);
});

test("another checkout finds the build in the cache; a changed file is noticed and built again", async () => {
  await buildPlugin(version, () => undefined, signal);
  await install();
  expect(told).toEqual([]);
  const built = join(builtPluginDirectory(version), "pulumi-resource-kubernetes");
  writeFileSync(built, "changed");
  expect(await kubernetesPluginStep.check()).toMatchObject({
    state: "missing",
    detail: "the built plugin is corrupt: pulumi-resource-kubernetes has changed (its SHA-256 is not the recorded one)",
  });
  await install();
  expect(await builtPluginProblem(version)).toBeUndefined();
});

test("a plugin that is a file of its own is the official one", async () => {
  const place = join(ownHome(), "plugins/resource-kubernetes-v4.34.2");
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, "pulumi-resource-kubernetes"), "");
  expect(await kubernetesPluginStep.check()).toEqual({ state: "ready", detail: "4.34.2, official" });
});

test("where neither way works, both reasons and the way out are told", async () => {
  const folder = mkdtempSync(join(directory, "no-go-"));
  writeFileSync(join(folder, "pulumi"), "#!/bin/sh\necho v3.274.1\n", { mode: 0o755 });
  process.env.PATH = `${folder}:/usr/bin:/bin`;
  await expect(install()).rejects.toThrow(
    /^Neither way to the Pulumi plugin kubernetes works\. Official release: .*no such host\. Build: there is no Go to build it with\. .*\n.*pulumi plugin install resource kubernetes 4\.34\.2\.$/,
  );
});
