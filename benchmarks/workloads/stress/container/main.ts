import { runOrSupervise } from "../../container/main.ts";

process.exit(
  await runOrSupervise("stress", import.meta.filename, async () => {
    const { runStress } = await import("./run.ts");
    return runStress();
  }),
);
