import { execa } from "execa";
import { join } from "node:path";
import { pulumiEnvironment } from "../setup/environment.ts";
import { withTemporaryFiles } from "./temporaryFiles.ts";

export const projectDirectory = join(import.meta.dirname, "..");

/**
 * Runs the Pulumi engine on this project with its own display, as if typed by hand. Ctrl-C reaches it (same process
 * group), and it ends its operation cleanly.
 *
 * @param variables what its environment has beside the usual.
 * @returns the engine's exit status.
 */
export async function runPulumi(args: string[], variables: Record<string, string> = {}): Promise<number> {
  const options = engineOptions();
  // The engine waits for what is under way. Were this process to end before it, the engine would be told to end at once,
  // and its state have operations of which nobody knows how they ended.
  process.on("SIGINT", leaveToEngine);
  try {
    return await withTemporaryFiles(async (directory) => {
      const env = { ...options.env, TMPDIR: directory, ...variables };
      const { exitCode } = await execa("pulumi", args, { ...options, env, stdio: "inherit" });
      return exitCode ?? 1;
    });
  } finally {
    process.off("SIGINT", leaveToEngine);
  }
}

const leaveToEngine = (): void => undefined;

/**
 * Runs the engine and returns what it prints.
 *
 * @throws Error with the engine's own words when it fails.
 */
export async function pulumiOutput(args: string[]): Promise<string> {
  const result = await execa("pulumi", [...args, "--non-interactive"], { ...engineOptions(), stdin: "ignore" });
  if (result.exitCode !== 0) {
    throw new Error(
      `pulumi ${args.slice(0, 2).join(" ")}: ${(result.stderr || result.stdout || result.shortMessage || "failed").trim()}`,
    );
  }
  return result.stdout;
}

function engineOptions() {
  return { cwd: projectDirectory, env: pulumiEnvironment(), reject: false } as const;
}

/** Makes the stack when it is not there yet. */
export async function ensureStack(stack: string): Promise<void> {
  const names = await stackNames();
  if (!names.includes(stack)) await pulumiOutput(["stack", "init", stack, "--no-select"]);
}

/** Names of the stacks that exist, sorted. */
export async function stackNames(): Promise<string[]> {
  const stacks = JSON.parse(await pulumiOutput(["stack", "ls", "--json"])) as { name: string }[];
  return stacks.map(({ name }) => name).sort();
}
