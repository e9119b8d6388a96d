// Plain `pulumi` in the environment that `strata env` prints: language host, plugin command and file backend together,
// on a TypeScript ES module, as this repository's own stacks are.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pulumiEnvironment } from "../../../setup/pulumi/environment.ts";
import { patient } from "../../support/patience.ts";
import { until } from "../../support/until.ts";

const directory = mkdtempSync(join(tmpdir(), "strata-plain-"));
const environment = {
  ...process.env,
  ...pulumiEnvironment(),
  NODE_OPTIONS: "",
  PULUMI_BACKEND_URL: `file://${join(directory, "backend")}`,
  PULUMI_CONFIG_PASSPHRASE: "trial",
  TRIAL_DIRECTORY: directory,
};
const limitMs = patient(120_000);

function pulumi(...args: string[]): { status: number | null; stdout: string; output: string } {
  const { status, stdout, stderr } = spawnSync("pulumi", [...args, "--non-interactive", "--color", "never"], {
    cwd: directory,
    env: environment,
    encoding: "utf8",
    timeout: limitMs,
  });
  return { status, stdout, output: stdout + stderr };
}

/** What the program of the trial project is from now on. */
function program(text: string): void {
  writeFileSync(join(directory, "stacks/index.ts"), text);
}

const commandProgram = `
import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
interface Thing { word: string }
const { word } = new pulumi.Config("trial").requireObject<Thing>("thing");
const command = new local.Command("echo", { create: "echo create $WORD", update: "echo update $WORD", environment: { WORD: word } });
export const said: pulumi.Output<string> = command.stdout;
`;

beforeAll(() => {
  for (const name of ["backend", "stacks"]) mkdirSync(join(directory, name));
  symlinkSync(join(import.meta.dirname, "../../../node_modules"), join(directory, "node_modules"));
  writeFileSync(join(directory, "package.json"), '{ "type": "module" }\n');
  writeFileSync(
    join(directory, "Pulumi.yaml"),
    `name: trial
runtime: { name: nodejs, options: { typescript: false, packagemanager: npm, nodeargs: --disable-warning=ExperimentalWarning } }
main: stacks/index.ts
stackConfigDir: config
`,
  );
  program(commandProgram);
  expect(pulumi("stack", "init", "trial")).toMatchObject({ status: 0 });
});

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

test("preview, up, an edit and destroy", () => {
  pulumi("config", "set", "--path", "trial:thing.word", "one");
  const preview = pulumi("preview");
  expect(preview.output).toContain("+ 2 to create");
  expect(pulumi("up", "--yes", "--skip-preview")).toMatchObject({ status: 0 });
  expect(JSON.parse(pulumi("stack", "output", "--json").stdout)).toEqual({ said: "create one" });

  expect(pulumi("preview", "--expect-no-changes")).toMatchObject({ status: 0 });

  pulumi("config", "set", "--path", "trial:thing.word", "two");
  expect(pulumi("preview", "--diff").output).toMatch(/WORD: "one" => "two"/);
  expect(pulumi("up", "--yes", "--skip-preview").output).toContain("~ 1 updated");
  expect(JSON.parse(pulumi("stack", "output", "--json").stdout)).toEqual({ said: "update two" });

  expect(pulumi("destroy", "--yes", "--skip-preview").output).toContain("- 2 deleted");
  expect(JSON.parse(pulumi("stack", "export").stdout)).not.toHaveProperty("deployment.resources");
});

test("a program's error is shown, and is the engine's failure", () => {
  program(`const spoken: string = "the spec is wrong"; throw new Error(spoken);\n`);
  const { status, output } = pulumi("preview");
  expect(status).not.toBe(0);
  expect(output).toContain("the spec is wrong");
  // The language host adds no complaint of its own to what the program has reported.
  expect(output).not.toContain("Program exited");
});

test("a program that exits by itself is a failure, too", () => {
  program("process.exit(3);\n");
  const { status, output } = pulumi("preview");
  expect(status).not.toBe(0);
  expect(output).toMatch(/exited with/);
});

test("a killed engine leaves neither language host nor program behind", async () => {
  const file = join(directory, "pids");
  program(`
import { writeFileSync } from "node:fs";
writeFileSync(${JSON.stringify(file)}, process.pid + " " + process.ppid);
await new Promise((resolve) => setTimeout(resolve, 3_600_000));
`);
  const engine = spawn("pulumi", ["preview", "--non-interactive"], {
    cwd: directory,
    env: environment,
    stdio: "ignore",
  });
  try {
    const written = () => existsSync(file) && readFileSync(file, "utf8").includes(" ");
    await until("the program to run", 5 * 60_000, written, 100);
  } finally {
    engine.kill("SIGKILL");
  }
  const [child, host] = readFileSync(file, "utf8").split(" ").map(Number);
  await until("both to end", 60_000, () => !runs(child!) && !runs(host!), 100);
});

/** Whether the process is there and not merely waiting to be reaped. */
function runs(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}
