import { execa } from "execa";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { patient } from "../../support/patience.ts";

const project = join(import.meta.dirname, "../../..");
/** Pulumi runs a program in the folder of its main file. */
const cwd = join(project, "stacks");

/** What a program prints that runs as an experiment's does. */
async function printed(program: string): Promise<string> {
  const { runtime } = parse(readFileSync(join(project, "Pulumi.yaml"), "utf8")) as {
    runtime: { options: { nodeargs: string } };
  };
  const args = [...runtime.options.nodeargs.split(" "), "--eval", program];
  return (await execa(process.execPath, args, { cwd, env: { NODE_OPTIONS: "" }, timeout: patient(30_000) })).stdout;
}

test("the SDK's start loads neither a compiler, nor npm, nor what sends traces", async () => {
  const loaded = await printed(`
    require("@pulumi/pulumi");
    require("@pulumi/pulumi/cmd/run/tracing.js");
    const packages = Object.keys(require.cache).map((file) => /.*node_modules.((?:@[^/]+.)?[^/]+)/.exec(file)?.[1]);
    console.log([...new Set(packages)].join("\\n"));
  `);
  const packages = loaded.split("\n");
  expect(packages).toContain("@pulumi/pulumi");
  expect(packages.filter((name) => /^(typescript|@npmcli|@opentelemetry.(sdk|exporter|instr))/.test(name))).toEqual([]);
});

test("functions are still turned into text", async () => {
  const text = await printed(`
    const { runtime } = require("@pulumi/pulumi");
    const three = 3;
    runtime.serializeFunction((x) => x + three).then(({ text }) => console.log(text));
  `);
  expect(text).toMatch(/three = 3|three: 3/);
  expect(text).toContain("(x) => x + three");
});

test("traces are still sent", async () => {
  const sent = await printed(`
    const server = require("node:http").createServer((request) => {
      request.on("data", (body) => process.stdout.write(body, () => process.exit()));
    });
    server.listen(0, "127.0.0.1", () => {
      const tracing = require("@pulumi/pulumi/cmd/run/tracing.js");
      tracing.start("http://127.0.0.1:" + server.address().port);
      tracing.newSpan("what-was-done").end();
    });
  `);
  expect(sent).toContain("what-was-done");
});
