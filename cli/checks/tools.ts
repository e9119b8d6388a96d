import { join } from "node:path";
import { projectDirectory } from "../pulumi/run.ts";
import { runInherited } from "../terminal/runInherited.ts";
import { failed, passed, type Check } from "./check.ts";

/** Runs a tool of node_modules on this project; what it prints is shown. @returns whether it is content. */
async function satisfied(entry: string, ...args: string[]): Promise<boolean> {
  const script = join(projectDirectory, "node_modules", entry);
  return (await runInherited(process.execPath, [script, ...args], {}, projectDirectory)) === 0;
}

export const lint: Check = {
  name: "lint",
  description: "ESLint and Prettier",
  needsSetup: false,
  after: [],
  run: async () => {
    const eslint = await satisfied("eslint/bin/eslint.js", ".");
    const prettier = await satisfied("prettier/bin/prettier.cjs", "--check", "--log-level", "warn", ".");
    return eslint && prettier ? passed : failed;
  },
};

export const types: Check = {
  name: "types",
  description: "the TypeScript compiler",
  needsSetup: false,
  after: [],
  run: async () => ((await satisfied("typescript/bin/tsc", "--noEmit")) ? passed : failed),
};
