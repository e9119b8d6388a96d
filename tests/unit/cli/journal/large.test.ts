import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { isLarge, withJournalIfLarge } from "../../../../cli/journal/large.ts";

const before = { ...process.env };
let directory: string;
let backend: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "large-"));
  backend = join(directory, "state/pulumi/.pulumi");
  mkdirSync(join(backend, "stacks/strata"), { recursive: true });
  mkdirSync(join(directory, "bin"));
  engine("3.999.0");
  Object.assign(process.env, {
    PATH: [join(directory, "bin"), before.PATH].join(delimiter),
    STRATA_STATE: join(directory, "state"),
  });
  delete process.env.PULUMI_BACKEND_URL;
  delete process.env.PULUMI_HOME;
  delete process.env.PULUMI_ACCESS_TOKEN;
});
afterEach(() => {
  process.env = { ...before };
  rmSync(directory, { recursive: true });
});

/** What stands for the engine. */
function engine(version: string): void {
  writeFileSync(join(directory, "bin/pulumi"), `#!/bin/sh\necho v${version}\n`);
  chmodSync(join(directory, "bin/pulumi"), 0o755);
}

function state(bytes: number): void {
  const text = JSON.stringify({ version: 3, checkpoint: { latest: { resources: [], metadata: "x".repeat(bytes) } } });
  writeFileSync(join(backend, "stacks/strata/quickstart.json"), text);
}

/** The variables that an operation of the engine gets. */
const variablesOf = (operation: string): Promise<Record<string, string>> =>
  withJournalIfLarge([operation, "--stack", "quickstart"], (variables) => Promise.resolve(variables));

test("a testbed that is large has a journal, and nothing of it stays", async () => {
  state(400_000);
  const login = await withJournalIfLarge(["destroy", "--stack", "quickstart"], (variables) => {
    expect(variables.PULUMI_BACKEND_URL).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    // Plain Pulumi finds it locked meanwhile.
    expect(readdirSync(join(backend, "locks/organization/strata/quickstart"))).toHaveLength(1);
    return Promise.resolve(variables.PULUMI_CREDENTIALS_PATH!);
  });
  expect(existsSync(login)).toBe(false);
  expect(readdirSync(join(backend, "strata-journals"))).toEqual([]);
  expect(readdirSync(join(backend, "locks/organization/strata/quickstart"))).toEqual([]);
});

test("one that is small has none, before and after what its file says", async () => {
  state(1000);
  expect(await variablesOf("up")).toEqual({});
  expect(await variablesOf("destroy")).toEqual({});
});

test("nor has an older engine, nor a stack whose state has another name", async () => {
  expect(await variablesOf("destroy")).toEqual({});
  state(400_000);
  engine("3.200.0");
  expect(await variablesOf("destroy")).toEqual({});
});

test("nor has a backend that is not one of files", async () => {
  state(400_000);
  process.env.PULUMI_BACKEND_URL = "s3://bucket";
  expect(await variablesOf("destroy")).toEqual({});
});

test.each([
  [0, 31, false],
  [0, 32, true],
  [319_999, 3, false],
  [320_000, 3, true],
])("a state of %d bytes, of which %d machines will be: large is %s", (bytes, machines, large) => {
  expect(isLarge(bytes, machines)).toBe(large);
});
