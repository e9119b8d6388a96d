/**
 * What a part's program does: one run by default; with the argument "supervise", as in a pod, it stays and starts a process of
 * `program` for each run that it finds. Both are imported by need: the supervisor stays small and starts at once.
 * @returns the exit status.
 */
export async function runOrSupervise(role: string, program: string, run: () => Promise<number>): Promise<number> {
  if (process.argv[2] !== "supervise") return run();
  const { superviseFromEnvironment } = await import("./supervisor.ts");
  return superviseFromEnvironment(role, program);
}
