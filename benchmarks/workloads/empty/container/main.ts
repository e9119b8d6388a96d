import { monotonicMs } from "../../container/clock.ts";
import { runOrSupervise } from "../../container/main.ts";

/** Before anything else is loaded. */
const begunMs = monotonicMs();

process.exit(
  await runOrSupervise("empty", import.meta.filename, async () => {
    const { runEmpty } = await import("./run.ts");
    return runEmpty(begunMs);
  }),
);
