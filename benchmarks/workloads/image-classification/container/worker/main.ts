import { runOrSupervise } from "../../../container/main.ts";

process.exit(
  await runOrSupervise("worker", import.meta.filename, async () => {
    const { runWorker } = await import("./run.ts");
    return runWorker();
  }),
);
