import { environment } from "../../../container/config.ts";
import { packageVersion, runRole } from "../../../container/role.ts";
import { readBrokerConfig } from "../config.ts";
import { packages, workerColumns, type PartResult } from "../protocol.ts";
import { startClassifier } from "./classifier.ts";
import { work } from "./worker.ts";

/** Runs the worker for one benchmark run. @returns the exit status. */
export function runWorker(): Promise<number> {
  return runRole<PartResult>("worker", workerColumns, { photos: 0, answered: 0 }, async (context) => {
    const broker = readBrokerConfig(environment("STRATA_CONFIG"));
    const modelDirectory = environment("STRATA_MODEL_DIR", "/model");
    context.record.state({ state: "starting", detail: "loads the model" });
    const classifier = await startClassifier({ modelDirectory, clockOffsetMs: context.clock.offsetMs });
    context.result.model = classifier.model;
    Object.assign(context.versions, { mqtt: packageVersion("mqtt", packages), ...classifier.versions });
    await work(context, broker, classifier);
  });
}
