import { execa } from "execa";

/** Runs a command on the user's terminal. @returns its exit status; 127 when it could not be started. */
export async function runInherited(
  command: string,
  args: readonly string[],
  env: Record<string, string | undefined> = {},
  cwd = process.cwd(),
): Promise<number> {
  const { exitCode } = await execa(command, args, { stdio: "inherit", reject: false, env, cwd });
  return exitCode ?? 127;
}
