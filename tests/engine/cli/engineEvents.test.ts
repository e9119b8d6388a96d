// What the real engine prints with the flags of the command line, turned into events.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Translator } from "../../../cli/engine/translate.ts";
import { happeningSchema, type Happening } from "../../../events/event.ts";
import { cacheDirectory } from "../../../local/cacheDirectory.ts";
import { findEngine } from "../../../setup/engine/find.ts";
import { outliveEngine } from "../../support/endedEngine.ts";

outliveEngine();

const root = join(import.meta.dirname, "../../..");
const directory = mkdtempSync(join(tmpdir(), "engine-events-"));

const program = `
import * as pulumi from "@pulumi/pulumi";
import { local } from "@pulumi/command";
class Component extends pulumi.ComponentResource {
  constructor(type, name, args, opts) { super(type, name, args, opts); this.registerOutputs(); }
}
const testbed = new Component("strata:index:Testbed", "lab", {});
new Component("strata:net:Link", "cloud-edge", { latencyMs: Number(process.env.LATENCY) }, { parent: testbed });
const machine = new Component("strata:index:Machine", "cloud-0", {}, { parent: testbed });
new local.Command("cloud-0-software", { create: process.env.SCRIPT }, { parent: machine });
pulumi.log.warn("a doubt\\nof two lines");
`;

beforeAll(() => {
  for (const name of ["home", "backend"]) mkdirSync(join(directory, name));
  symlinkSync(join(root, "node_modules"), join(directory, "node_modules"));
  const plugins = { providers: [{ name: "command", path: join(root, "providers/command") }] };
  const project = { name: "strata", runtime: "nodejs", main: "index.js", plugins };
  writeFileSync(join(directory, "Pulumi.yaml"), JSON.stringify(project));
  writeFileSync(join(directory, "package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(join(directory, "index.js"), program);
  pulumi(["stack", "init", "lab"]);
});

afterAll(() => {
  rmSync(directory, { recursive: true });
});

function pulumi(args: string[], variables: Record<string, string> = {}): { status: number | null; stdout: string } {
  const engine = findEngine();
  if (engine === undefined) throw new Error("no Pulumi engine (./strata setup makes one)");
  const env = {
    ...process.env,
    NODE_OPTIONS: "",
    PATH: `${engine.directory}:${process.env.PATH ?? ""}`,
    PULUMI_HOME: join(directory, "home"),
    PULUMI_BACKEND_URL: `file://${join(directory, "backend")}`,
    PULUMI_CONFIG_PASSPHRASE: "test",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true",
    STRATA_NODE: process.execPath,
    STRATA_STATE: join(directory, "strata"),
    NODE_COMPILE_CACHE: join(cacheDirectory(), "compiled"),
    LATENCY: "7.5",
    SCRIPT: "true",
    ...variables,
  };
  return spawnSync("pulumi", args, { cwd: directory, env, encoding: "utf8" });
}

const agreed = ["--yes", "--skip-preview"];

function run(args: string[], variables: Record<string, string> = {}) {
  const isPreview = !args.includes("--yes");
  const told: Happening[] = [];
  const translator = new Translator((happening) => told.push(happeningSchema.parse(happening)), isPreview);
  const { status, stdout } = pulumi([...args, "--stack", "lab", "--json"], variables);
  for (const line of stdout.split("\n")) translator.line(line);
  return { status, told, resources: translator.summary?.resourceChanges, failed: translator.failed };
}

const of = (told: Happening[], ...kinds: string[]): Happening[] => told.filter(({ kind }) => kinds.includes(kind));
const link = { type: "link", name: "cloud-edge" };
const software = { type: "machine", name: "cloud-0", part: "software" };
const seconds = expect.any(Number) as number;
const doubt = { kind: "message", severity: "warning", text: "a doubt\nof two lines" };

test("create", () => {
  const { status, told, resources } = run(["up", ...agreed]);
  expect([status, resources]).toEqual([0, { create: 5 }]);
  expect(of(told, "message")).toEqual([doubt]);
  expect(of(told, "started", "ended")).toEqual([
    { kind: "started", item: link, operation: "create" },
    { kind: "ended", item: link, operation: "create", outcome: "done", seconds },
    { kind: "started", item: software, operation: "create" },
    { kind: "ended", item: software, operation: "create", outcome: "done", seconds },
  ]);
});

test("a preview of an edit: what differs, and nothing is done", () => {
  const { status, told, resources } = run(["preview"], { LATENCY: "20", SCRIPT: "echo" });
  expect([status, resources]).toEqual([0, { update: 2, same: 3 }]);
  expect(of(told, "planned", "started")).toEqual([
    { kind: "planned", item: link, operation: "update", changes: [{ property: "latencyMs", from: "7.5", to: "20" }] },
    {
      kind: "planned",
      item: software,
      operation: "update",
      changes: [{ property: "create", from: "true", to: "echo" }],
    },
  ]);
});

test("a failure: its words are whole, and its machine is named", () => {
  const { status, told, failed } = run(["up", ...agreed], { SCRIPT: "echo out; echo why >&2; exit 3" });
  const text = "the command ended with status 3:\nout\nwhy";
  expect([status === 0, failed]).toEqual([false, 1]);
  expect(told).toContainEqual({ kind: "message", severity: "error", text, item: software });
  expect(told).toContainEqual({ kind: "ended", item: software, operation: "update", outcome: "failed", text, seconds });
});

test("destroy: first what it would do, then it is done", () => {
  expect(of(run(["destroy", "--preview-only"]).told, "planned")).toEqual([
    { kind: "planned", item: software, operation: "delete", changes: [] },
    { kind: "planned", item: link, operation: "delete", changes: [] },
  ]);
  const { status, told, resources } = run(["destroy", ...agreed]);
  expect([status, resources]).toEqual([0, { delete: 5 }]);
  expect(of(told, "ended")).toHaveLength(2);
});
