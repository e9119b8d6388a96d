import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { tryLock } from "../../../../local/lock.ts";
import { withTemporaryFiles } from "../../../../cli/pulumi/temporaryFiles.ts";

const children: ChildProcess[] = [];
let temporary: string;
beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), "strata-temporary-"));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(temporary, { recursive: true });
});

test.each(["ends", "fails"])("what work leaves behind is gone when it %s", async (how) => {
  let directory = "";
  const work = withTemporaryFiles((given) => {
    directory = given;
    expect(statSync(given).mode & 0o777).toBe(0o700);
    writeFileSync(join(given, "kubeconfig1"), "secret");
    return how === "ends" ? Promise.resolve("done") : Promise.reject(new Error("failed"));
  }, temporary);
  if (how === "ends") await expect(work).resolves.toBe("done");
  else await expect(work).rejects.toThrow("failed");
  expect(existsSync(directory)).toBe(false);
});

/** A run of another process, which goes on until it is killed. */
async function otherRun(): Promise<{ child: ChildProcess; directory: string }> {
  const module = join(import.meta.dirname, "../../../../cli/pulumi/temporaryFiles.ts");
  const script = `const { withTemporaryFiles } = await import(${JSON.stringify(module)});
    await withTemporaryFiles((directory) => { console.log(directory); return new Promise((end) => setTimeout(end, 3_600_000)); });`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    env: { ...process.env, NODE_OPTIONS: "", TMPDIR: temporary },
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  const [printed] = (await once(child.stdout, "data")) as [Buffer];
  return { child, directory: printed.toString().trim() };
}

const nothing = () => Promise.resolve();

/** As if it had been made so long ago. */
const age = (directory: string, ms = 2 * 60_000): void => {
  const then = new Date(Date.now() - ms);
  utimesSync(directory, then, then);
};

test("what a run left that was killed goes with the next; another's that goes on stays", async () => {
  const { child, directory } = await otherRun();
  writeFileSync(join(directory, "kubeconfig1"), "secret");
  age(directory);
  await withTemporaryFiles(nothing, temporary);
  expect(readdirSync(directory).sort()).toEqual([".lock", "kubeconfig1"]);
  child.kill("SIGKILL");
  await once(child, "exit");
  age(directory);
  await withTemporaryFiles(nothing, temporary);
  expect(readdirSync(temporary)).toEqual([]);
});

test("a run that has just made its directory, and its lock in a moment, keeps it", async () => {
  const directory = join(temporary, "strata-run-young");
  mkdirSync(directory, { mode: 0o700 });
  writeFileSync(join(directory, ".lock"), "");
  await withTemporaryFiles(nothing, temporary);
  expect(readdirSync(directory)).toEqual([".lock"]);
});

test("one whose lock says that its run was killed goes at once", async () => {
  const directory = join(temporary, "strata-run-killed");
  mkdirSync(directory, { mode: 0o700 });
  const ended = spawn("true");
  await once(ended, "exit");
  const holder = { doing: "runs the engine", pid: ended.pid, host: hostname(), since: new Date().toISOString() };
  writeFileSync(join(directory, ".lock"), `${JSON.stringify(holder)}\n`);
  await withTemporaryFiles(nothing, temporary);
  expect(existsSync(directory)).toBe(false);
});

test("many runs at once do not disturb each other", async () => {
  await Promise.all(
    Array.from({ length: 8 }, () =>
      withTemporaryFiles((directory) => {
        expect(statSync(directory).mode & 0o777).toBe(0o700);
        return Promise.resolve();
      }, temporary),
    ),
  );
  expect(readdirSync(temporary)).toEqual([]);
});

test("what can't be cleared up is no reason for a run to fail", async () => {
  const directory = join(temporary, "strata-run-odd");
  mkdirSync(join(directory, ".lock"), { recursive: true });
  chmodSync(directory, 0o700);
  age(directory);
  await expect(withTemporaryFiles(() => Promise.resolve("done"), temporary)).resolves.toBe("done");
});

test("a look whether another run is over brings back no directory that was removed meanwhile", async () => {
  const directory = join(temporary, "strata-run-gone");
  await expect(tryLock(join(directory, ".lock"), "clears up")).rejects.toThrow("ENOENT");
  expect(existsSync(directory)).toBe(false);
});

test("what is not certainly ours and over is left", async () => {
  const make = (name: string, mode: number): string => {
    const directory = join(temporary, name);
    mkdirSync(directory);
    chmodSync(directory, mode);
    return directory;
  };
  writeFileSync(join(make("strata-run-open", 0o755), ".lock"), "");
  make("strata-run-young", 0o700);
  make("strata-run", 0o700);
  const old = make("strata-run-old", 0o700);
  age(old, 48 * 60 * 60_000);
  await withTemporaryFiles(nothing, temporary);
  expect(readdirSync(temporary).sort()).toEqual(["strata-run", "strata-run-open", "strata-run-young"]);
});
