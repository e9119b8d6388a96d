import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

const root = join(import.meta.dirname, "../../..");

let directory: string;
let variables: NodeJS.ProcessEnv;
let owner: ChildProcess | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "strata-owner-"));
  // What stands for the engine knows of one testbed.
  mkdirSync(join(directory, "bin"));
  const stub = join(directory, "bin/pulumi");
  writeFileSync(stub, `#!/bin/sh\n[ "$1" != version ] || { echo v3.999.0; exit; }\necho '[{"name":"quickstart"}]'\n`);
  chmodSync(stub, 0o755);
  const PATH = [join(directory, "bin"), process.env.PATH].join(delimiter);
  variables = { ...process.env, PATH, NODE_OPTIONS: "", STRATA_STATE: join(directory, "state") };
});
afterEach(() => {
  owner?.kill("SIGKILL");
  rmSync(directory, { recursive: true });
});

/** A command that has the testbed for a minute. */
async function own(command: string): Promise<number> {
  const script = `
    const { asOwner } = await import(${JSON.stringify(join(root, "cli/testbed/owner.ts"))});
    await asOwner(${JSON.stringify(command)}, "quickstart", async () => {
      console.log("owns");
      await new Promise((resolve) => setTimeout(resolve, 3_600_000));
    });`;
  owner = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    ...{ env: variables, stdio: ["ignore", "pipe", "inherit"] },
  });
  await once(owner.stdout!, "data");
  return owner.pid!;
}

const strata = (...args: string[]) =>
  promisify(execFile)(process.execPath, [join(root, "cli/main.ts"), ...args], {
    env: variables,
  }).then(
    ({ stdout }) => ({ code: 0, stdout, stderr: "" }),
    (error: unknown) => error as { code: number; stdout: string; stderr: string },
  );

test.each([
  ["bench", ["up", "quickstart", "--yes"]],
  ["up", ["bench", "quickstart"]],
  ["bench", ["bench", "quickstart"]],
  ["bench", ["destroy", "quickstart", "--yes"]],
  ["destroy", ["verify", "network", "quickstart"]],
])("while strata %s has the testbed, strata %j is told who has it, and changes nothing", async (command, args) => {
  const pid = await own(command);
  const { code, stdout, stderr } = await strata(...args);
  expect(code).toBe(1);
  expect(stdout).toBe("");
  expect(stderr).toMatch(
    new RegExp(
      `^strata: testbed quickstart is in use: process ${pid} runs strata ${command} quickstart \\(since [\\d:]{8} UTC\\); ` +
        `wait for that to end or end it \\(kill ${pid}\\), then try again\n$`,
    ),
  );
});

test("a damaged state of another testbed ends no command", async () => {
  const states = join(directory, "state/pulumi/.pulumi/stacks/strata");
  mkdirSync(states, { recursive: true });
  for (const [name, text] of Object.entries({ "lab.json": "{}", "other.json": "", "other.json.bak": "{}" }))
    writeFileSync(join(states, name), text);
  // So it says with the real one, which reads them all.
  writeFileSync(
    join(directory, "bin/pulumi"),
    '#!/bin/sh\n[ "$1" != version ] || { echo v3.999.0; exit; }\necho "could not load stack other" >&2; exit 255\n',
  );
  const { code, stdout } = await strata("list", "--json");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual(
    expect.arrayContaining(["lab", "other"].map((name) => ({ name, state: "partial", machines: [] }))),
  );
});

test("what can be no stack's name is refused before any file is touched", async () => {
  const { code, stderr } = await strata("up", "../../../stacks/strata", "--yes");
  expect(code).toBe(1);
  expect(stderr).toContain('strata: "../../../stacks/strata" is no name of a stack');
  expect(existsSync(variables.STRATA_STATE!)).toBe(false);
});

/** Runs a script that has cli/testbed/owner.ts as `owner`. */
const running = (script: string): ChildProcess => {
  const module = JSON.stringify(join(root, "cli/testbed/owner.ts"));
  const text = `const owner = await import(${module}); ${script}`;
  return spawn(process.execPath, ["--input-type=module", "--eval", text], {
    ...{ env: variables, stdio: ["ignore", "pipe", "inherit"] },
  });
};

const locks = (): string => join(directory, "state/pulumi/.pulumi/locks/organization/strata/quickstart");

/** An engine too old to be one. */
const useOldEngine = (): void => {
  writeFileSync(join(directory, "bin/pulumi"), "#!/bin/sh\necho v0.1.0\n");
  variables.STRATA_CACHE = join(directory, "cache");
};

test("without an engine a command does its work: it may be what brings one, and then takes over what was left", async () => {
  useOldEngine();
  mkdirSync(locks(), { recursive: true });
  writeFileSync(join(locks(), "0c1f2d3e-4b5a-4697-8879-6a5b4c3d2e1f.json"), "");
  const stub = JSON.stringify(join(directory, "bin/pulumi"));
  owner = running(`
    const { writeFileSync } = await import("node:fs");
    await owner.asOwner("up", "quickstart", async () => {
      console.log("works");
      writeFileSync(${stub}, "#!/bin/sh\\necho v3.999.0\\n");
      await owner.takeOver("quickstart");
    });`);
  let printed = "";
  owner.stdout!.on("data", (text: Buffer) => (printed += text.toString()));
  expect(await once(owner, "close")).toEqual([0, null]);
  expect([printed, readdirSync(locks())]).toEqual(["works\n", []]);
});

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
  "%s, once and again, at any time while a testbed is measured: the engine's lock is given back",
  async (signal) => {
    // Reading, measuring, writing the report: what looks at no signal takes as long as it takes.
    owner = running(`
      await owner.asObserver("bench", "quickstart", async (signal) => {
        console.log("owns");
        const working = setInterval(() => undefined, 1000);
        await new Promise((end) => signal.addEventListener("abort", end));
        clearInterval(working);
        await new Promise((end) => setTimeout(end, 1000));
      });`);
    await once(owner.stdout!, "data");
    expect(readdirSync(locks())).toHaveLength(1);
    const ended = once(owner, "exit");
    owner.kill(signal);
    setTimeout(() => owner?.kill(signal), 300);
    expect(await ended).toEqual([0, null]);
    expect(readdirSync(locks())).toEqual([]);
  },
);

test("beside it, what only looks may run", async () => {
  await own("bench");
  const { code, stdout } = await strata("list", "--json");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toContainEqual({ name: "quickstart", state: "partial", machines: [] });
});
