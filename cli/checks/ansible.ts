import { execa } from "execa";
import { existsSync } from "node:fs";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { cacheDirectory } from "../../local/cacheDirectory.ts";
import { withLock } from "../../local/lock.ts";
import { withTemporaryDirectory } from "../../providers/kit/plain/privateDirectory.ts";
import { recipeHash } from "../../setup/hash.ts";
import { projectDirectory } from "../pulumi/run.ts";
import { runInherited } from "../terminal/runInherited.ts";
import { failed, passed, type Check } from "./check.ts";
import { roleProblems } from "./roles.ts";

const ansibleDirectory = join(projectDirectory, "ansible");
const requirements = join(ansibleDirectory, "lint-requirements.txt");
const installLimitMs = 5 * 60_000;
const longestWords = 2000;

/** Stands in allowedSkips.ts. */
const noIndex = "the package index can't be reached";

export const ansible: Check = {
  name: "ansible",
  description: "role interfaces, playbook syntax, ansible-lint",
  needsSetup: true,
  after: [],
  run: async () => {
    const problems = await roleProblems(join(ansibleDirectory, "roles"));
    for (const problem of problems) process.stdout.write(`${problem}\n`);
    const syntax = await syntaxStatus();
    const linter = await installedLinter();
    const lint =
      "path" in linter
        ? await runInherited(linter.path, ["--offline", "-q"], lintEnvironment(linter.path), ansibleDirectory)
        : 0;
    const result = problems.length === 0 && syntax === 0 && lint === 0 ? passed : failed;
    return "path" in linter ? result : { ...result, skipped: [`ansible-lint: ${linter.problem}`] };
  },
};

/** Ansible's own look at all playbooks and all task files of the roles. @returns its exit status. */
async function syntaxStatus(): Promise<number> {
  return withTemporaryDirectory("strata-ansible-", async (directory) => {
    const all = join(directory, "all.yml");
    await writeFile(all, await everyTaskFile(join(ansibleDirectory, "roles")));
    const files = [...(await playbooks(ansibleDirectory)), all];
    const args = ["--syntax-check", "--inventory", "localhost,", ...files];
    return runInherited("ansible-playbook", args, environment, ansibleDirectory);
  });
}

/** Every file beside the roles that Ansible is started with: those that say on which hosts. */
export async function playbooks(directory: string): Promise<string[]> {
  const files = (await readdir(directory)).filter((name) => name.endsWith(".yml")).sort();
  const texts = await Promise.all(files.map((name) => readFile(join(directory, name), "utf8")));
  return files.filter((_, i) => /^(- | {2})hosts:/m.test(texts[i] ?? ""));
}

/** A playbook that has all task files in it: our own ones include roles by variables, so Ansible does not look into them. */
export async function everyTaskFile(roles: string): Promise<string> {
  const names = (await readdir(roles)).sort();
  const tasks = await Promise.all(
    names.map(async (role) =>
      (await readdir(join(roles, role, "tasks"))).sort().map((file) => ({
        "ansible.builtin.import_role": { name: role, tasks_from: file },
      })),
    ),
  );
  return stringify([{ hosts: "all", tasks: tasks.flat() }]);
}

const environment = { ANSIBLE_CONFIG: join(ansibleDirectory, "ansible.cfg"), LC_ALL: "C.UTF-8" };

/** The linter looks for its own Ansible on PATH. */
function lintEnvironment(linter: string): Record<string, string> {
  return { ...environment, PATH: `${join(linter, "..")}:${process.env.PATH ?? ""}` };
}

/**
 * Pinned in ansible/lint-requirements.txt, in a virtual environment of its own in the cache.
 *
 * @throws Error where it can't be installed though the package index is there.
 */
async function installedLinter(): Promise<{ path: string } | { problem: string }> {
  const directory = join(cacheDirectory(), "ansible-lint", recipeHash([await readFile(requirements, "utf8")]));
  const lock = { doing: "installs ansible-lint", limitSeconds: (3 * installLimitMs) / 1000 };
  return withLock(`${directory}.lock`, lock, () => linterIn(directory));
}

async function linterIn(directory: string): Promise<{ path: string } | { problem: string }> {
  const path = join(directory, "bin/ansible-lint");
  const complete = join(directory, "complete");
  if (existsSync(complete)) return { path };
  process.stdout.write("installing ansible-lint\n");
  await rm(directory, { recursive: true, force: true });
  // Scripts of a virtual environment hold its path, so it can't be made elsewhere and moved: a mark says it is whole.
  const commands = [
    ["python3", "-m", "venv", directory],
    [
      join(directory, "bin/pip"),
      "install",
      "--quiet",
      "--only-binary=:all:",
      "--require-hashes",
      "--requirement",
      requirements,
    ],
    ["touch", complete],
  ];
  for (const [command = "", ...args] of commands) {
    const result = await execa(command, args, { reject: false, stdin: "ignore", timeout: installLimitMs, all: true });
    if (result.timedOut) return { problem: `${noIndex}: ${command} did not end within ${installLimitMs / 1000} s` };
    if (result.failed) return linterProblem(result.all.trim() || (result.shortMessage ?? "no word of why"));
  }
  return { path };
}

/** pip's words for a network that leads nowhere, or a proxy that refuses. */
const unreachable =
  /connection broken by|NewConnectionError|NameResolutionError|ConnectTimeoutError|ProxyError|Temporary failure in name resolution/;

const otherPackage = /DO NOT MATCH THE HASHES/;

/**
 * Why pip has not installed the linter, where that is the network's fault.
 *
 * @throws Error with its last words for anything else, such as a package that is not the pinned one.
 */
export function linterProblem(output: string): { problem: string } {
  const last = output.split("\n").at(-1) ?? "";
  if (otherPackage.test(output) || !unreachable.test(output))
    throw new Error(`ansible-lint can't be installed: ${output.slice(-longestWords)}`);
  return { problem: `${noIndex}: ${last}` };
}
