// The reports of the image classification, with its own figures' types.
import * as compute from "../../../benchmarks/report/compute.ts";
import type { Measurements } from "../../../benchmarks/report/compute.ts";
import * as page from "../../../benchmarks/report/page/page.ts";
import * as render from "../../../benchmarks/report/files/render.ts";
import * as save from "../../../benchmarks/report/files/save.ts";
import * as schema from "../../../benchmarks/report/schema.ts";
import type { Report } from "../../../benchmarks/report/schema.ts";
import * as texts from "../../../benchmarks/report/textTables.ts";
import type { Workload } from "../../../benchmarks/workload.ts";
import type { Photo } from "../../../benchmarks/workloads/image-classification/metrics/join.ts";
import type { ImageReport, ImageRepetition } from "../../../benchmarks/workloads/image-classification/report/schema.ts";
import type { ImageBenchmark } from "../../../benchmarks/workloads/image-classification/spec.ts";
import { workload as images } from "../../../benchmarks/workloads/image-classification/workload.ts";
import { benchmarkSchema } from "../../../components/experiment/whole/benchmark.ts";

export type { ImageReport };

/** As the runner has it, which knows no workload's types. */
export const workload: Workload = images;

export interface ImageMeasurements extends Omit<Measurements, "benchmark" | "repetitions"> {
  benchmark: ImageBenchmark;
  repetitions: ImageRepetition[];
  samples: Photo[];
}

export const imageReport = (report: Report): ImageReport => report as unknown as ImageReport;
const common = (report: ImageReport): Report => report;

export const computeReport = (from: ImageMeasurements): ImageReport =>
  imageReport(compute.computeReport(from, workload));
export const saveReport = (directory: string, from: ImageMeasurements): ImageReport =>
  imageReport(save.saveReport(directory, from, workload));
export const readReport = (directory: string): ImageReport =>
  imageReport(render.readReport(directory, workload, benchmarkSchema));
export const renderReport = (directory: string, report: ImageReport): string =>
  render.renderReport(directory, common(report), workload);
export const reportPage = (report: ImageReport, photos: readonly Photo[]): string =>
  page.reportPage(common(report), photos, workload);
export const printTables = (report: ImageReport): string => texts.printTables(common(report), workload);
export const outcomeSentence = (report: ImageReport): string => texts.outcomeSentence(common(report), workload);

/** Of what report.json holds. */
export const reportSchema = schema.reportSchema(images.report, benchmarkSchema);
export const parseReport = (content: unknown): ImageReport => imageReport(reportSchema.parse(content));
