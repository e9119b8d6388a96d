// node manyPhotos.ts COUNT DIRECTORY: a report over made-up photos, in a process of its own whose memory can be bounded.
// Prints the processor time that it took, in ms, beside one plain pass over the same photos.
import { sampleBlocks } from "../../../benchmarks/workloads/image-classification/report/samplesFile.ts";
import { syntheticMeasurements } from "./syntheticRun.ts";
import { saveReport } from "./imageReport.ts";

const [, , count = "", directory = ""] = process.argv;
const repetitions = 2;
const measurements = syntheticMeasurements(repetitions, Number(count) / repetitions);
// An outlier that no thinning may lose.
const photos = measurements.samples.map((photo, i) => (i === 7 * 11_113 ? { ...photo, endToEndMs: 61_234.5 } : photo));

const timed = <T>(work: () => T): [result: T, ms: number] => {
  const begun = process.cpuUsage();
  const result = work();
  return [result, process.cpuUsage(begun).user / 1000];
};
const [, passMs] = timed(() => Array.from(sampleBlocks(photos), ({ length }) => length));
const [report, reportMs] = timed(() => saveReport(directory, { ...measurements, samples: photos }));
process.stdout.write(JSON.stringify({ outcome: report.outcome, passMs, reportMs }));
