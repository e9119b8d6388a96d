// One run by default; with the argument "supervise", as in a pod, a process that starts one for each run that it finds.
// Imported by need: the supervisor stays small and starts at once.
if (process.argv[2] === "supervise") {
  const { superviseFromEnvironment } = await import("./supervisor.ts");
  process.exit(await superviseFromEnvironment());
} else {
  const { runWorker } = await import("./run.ts");
  process.exit(await runWorker());
}
