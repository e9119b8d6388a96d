import { environment } from "../shared/config.ts";
import { workerColumns } from "../shared/protocol.ts";
import { packageVersion, runRole } from "../shared/role.ts";
import { startClassifier } from "./classifier.ts";
import { work } from "./worker.ts";

/** Runs the worker for one benchmark run. @returns the exit status. */
export function runWorker(): Promise<number> {
  return runRole("worker", workerColumns, async (context) => {
    const modelDirectory = environment("STRATA_MODEL_DIR", "/model");
    context.record.state({ state: "starting", detail: "loads the model" });
    const classifier = await startClassifier({ modelDirectory, clockOffsetMs: context.clock.offsetMs });
    context.facts.model = classifier.model;
    Object.assign(context.facts.versions, { mqtt: packageVersion("mqtt"), ...classifier.versions });
    await work(context, classifier);
  });
}
