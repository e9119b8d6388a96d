// The official plugin's way in, with the publisher's sites and the pulumi command pretended.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { installOfficialPlugin, pluginDirectory, pluginVersion } from "../../../../setup/pulumi/officialPlugin.ts";

const directory = mkdtempSync(join(tmpdir(), "strata-official-plugin-"));
const variables = ["PATH", "HOME", "STRATA_CACHE", "STRATA_STATE", "PULUMI_ACCESS_TOKEN"] as const;
const saved = variables.map((name) => [name, process.env[name]] as const);
const savedFetch = globalThis.fetch;
afterAll(() => {
  for (const [name, value] of saved) {
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  }
  globalThis.fetch = savedFetch;
  rmSync(directory, { recursive: true });
});

const plugin = { name: "command", downloadLimitMs: 60_000 };
const version = pluginVersion(plugin);
const arch = process.arch === "x64" ? "amd64" : process.arch;
const archive = `pulumi-resource-command-v${version}-linux-${arch}.tar.gz`;
const list = `https://github.com/pulumi/pulumi-command/releases/download/v${version}/pulumi-command_${version}_checksums.txt`;
const signal = new AbortController().signal;

writeFileSync(
  join(directory, "pulumi"),
  `#!/bin/sh\n[ "$1" != version ] || exec echo v3.274.1\necho "$*" >>'${directory}/calls'\n`,
  { mode: 0o755 },
);
writeFileSync(join(directory, "calls"), "");
process.env.PATH = `${directory}:/usr/bin:/bin`;
for (const name of ["HOME", "STRATA_CACHE", "STRATA_STATE"]) process.env[name] = join(directory, "home");

function sitesHave(answers: Record<string, string>): void {
  globalThis.fetch = (url) => {
    const answer = typeof url === "string" ? answers[url] : undefined;
    return Promise.resolve(answer === undefined ? new Response(null, { status: 404 }) : new Response(answer));
  };
}

test("pulumi takes no other file than the one that the release on GitHub lists", async () => {
  const file = `https://get.pulumi.com/releases/plugins/${archive}`;
  const sum = "a".repeat(64);
  sitesHave({ [file]: "", [list]: `${"b".repeat(64)}  other.tar.gz\n` });
  await expect(installOfficialPlugin(plugin, () => undefined, signal)).rejects.toThrow(
    `the publisher's list of checksums has none for ${archive}`,
  );
  sitesHave({ [file]: "" });
  await expect(installOfficialPlugin(plugin, () => undefined, signal)).rejects.toThrow(`${list}: status 404`);
  expect(readFileSync(join(directory, "calls"), "utf8")).toBe("");
  sitesHave({ [file]: "", [list]: `${sum}  ${archive}\n` });
  await installOfficialPlugin(plugin, () => undefined, signal);
  expect(readFileSync(join(directory, "calls"), "utf8")).toBe(
    `plugin install resource command ${version} --checksum ${sum}\n`,
  );
});

test("it lies where the engine looks for it: with a login of the user's, in the account's home, whatever $HOME says", () => {
  expect(pluginDirectory(plugin)).toBe(join(directory, `home/pulumi-home/plugins/resource-command-v${version}`));
  process.env.PULUMI_ACCESS_TOKEN = "token";
  expect(pluginDirectory(plugin)).toBe(join(userInfo().homedir, `.pulumi/plugins/resource-command-v${version}`));
});
