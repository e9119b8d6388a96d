import { execa } from "execa";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { cacheDirectory } from "../../providers/kit/cacheDirectory.ts";
import { recipeHash } from "../../setup/hash.ts";
import { projectDirectory } from "../pulumi.ts";
import { runInherited } from "../runInherited.ts";
import { failed, passed, type Check } from "./check.ts";
import { roleProblems } from "./roles.ts";

const ansibleDirectory = join(projectDirectory, "ansible");
const requirements = join(ansibleDirectory, "lint-requirements.txt");
const installLimitMs = 5 * 60_000;

export const ansible: Check = {
  name: "ansible",
  description: "role interfaces, playbook syntax, ansible-lint",
  needsSetup: true,
  after: [],
  run: async () => {
    const problems = await roleProblems(join(ansibleDirectory, "roles"));
    for (const problem of problems) process.stdout.write(`${problem}\n`);
    const syntax = await runInherited(
      "ansible-playbook",
      ["--syntax-check", "--inventory", "localhost,", "phase.yml"],
      environment,
      ansibleDirectory,
    );
    const linter = await installedLinter();
    const lint =
      "path" in linter
        ? await runInherited(linter.path, ["--offline", "-q"], lintEnvironment(linter.path), ansibleDirectory)
        : 0;
    const result = problems.length === 0 && syntax === 0 && lint === 0 ? passed : failed;
    return "path" in linter ? result : { ...result, skipped: [`ansible-lint: ${linter.problem}`] };
  },
};

const environment = { ANSIBLE_CONFIG: join(ansibleDirectory, "ansible.cfg"), LC_ALL: "C.UTF-8" };

/** The linter looks for its own Ansible on PATH. */
function lintEnvironment(linter: string): Record<string, string> {
  return { ...environment, PATH: `${join(linter, "..")}:${process.env.PATH ?? ""}` };
}

/** Pinned in ansible/lint-requirements.txt, in a virtual environment of its own in the cache. */
async function installedLinter(): Promise<{ path: string } | { problem: string }> {
  const directory = join(cacheDirectory(), "ansible-lint", recipeHash([await readFile(requirements, "utf8")]));
  const path = join(directory, "bin/ansible-lint");
  const complete = join(directory, "complete");
  if (existsSync(complete)) return { path };
  process.stdout.write("installing ansible-lint\n");
  await rm(directory, { recursive: true, force: true });
  await mkdir(join(directory, ".."), { recursive: true });
  // Scripts of a virtual environment hold its path, so it can't be made elsewhere and moved: a mark says it is whole.
  const commands = [
    ["python3", "-m", "venv", directory],
    [join(directory, "bin/pip"), "install", "--quiet", "--only-binary=:all:", "--requirement", requirements],
    ["touch", complete],
  ];
  for (const [command = "", ...args] of commands) {
    const result = await execa(command, args, { reject: false, stdin: "ignore", timeout: installLimitMs, all: true });
    if (result.failed)
      return { problem: result.all.trim().split("\n").at(-1) ?? result.shortMessage ?? "could not be installed" };
  }
  return { path };
}
