import type { TierName } from "../../../../components/experiment/tier.ts";
import { runsOn } from "../../../report/runsOn.ts";
import { textTable } from "../../../report/textTable.ts";
import type { WorkloadReport } from "../../../report/workloadReport.ts";
import { measured } from "../metrics/join.ts";
import type { Photo } from "../metrics/join.ts";
import type { ImageBenchmark } from "../spec.ts";
import { cards } from "./cards.ts";
import { compute } from "./compute.ts";
import { figures } from "./figures.ts";
import { rateSentence } from "./rateSentence.ts";
import { readSamples, sampleBlocks } from "./samplesFile.ts";
import { calibration, counts, figures as figureFields, judged } from "./schema.ts";
import type { Calibration, ImageReport } from "./schema.ts";
import { labelSection, repetitions } from "./sections.ts";
import { endpointCells, endpointHeader, latencyCells, latencyHeader, workerCells, workerHeader } from "./tables.ts";

/** Continuum's tables, latencies with intervals, where the time goes, and whether labels were right. */
export const report: WorkloadReport<ImageBenchmark, Photo, ImageReport> = {
  figures: figureFields,
  judged,
  counts,
  calibration,
  write: sampleBlocks,
  read: readSamples,
  compute,
  count: (photos) => ({
    photos: photos.length,
    answered: photos.filter((photo) => photo.endToEndMs !== undefined).length,
    warmup: photos.length - measured(photos).length,
  }),

  done({ repetitions: all }) {
    const sum = (key: "sent" | "answered"): number => all.reduce((total, one) => total + one[key], 0);
    return `${sum("answered")} of ${sum("sent")} photos answered`;
  },
  sustained: "the load was sustained",
  load({ rateHz, durationS, warmupS }) {
    const rate = rateHz === "auto" ? "a rate not found yet" : `${rateHz} Hz an endpoint`;
    return `${rate}, ${durationS} s after ${warmupS} s of warm-up`;
  },
  calibrated: (found) => rateSentence(found as Calibration),
  partsOn,

  tables(one) {
    const { workers, endpoints, accuracy } = one;
    return {
      before: [
        workers.length > 0 ? textTable(workerHeader, workerCells(workers)) : "",
        endpoints.length > 0 ? textTable(endpointHeader, endpointCells(endpoints)) : "",
        endpoints.length > 0 ? textTable(latencyHeader, latencyCells(one)) : "",
      ],
      after: [accuracy.known > 0 ? `Labels: ${accuracy.right} of ${accuracy.known} known photos right.\n` : ""],
    };
  },
  cards,
  parts: (one, photos) => ({
    figures: figures(one, photos),
    appendix: [{ title: "Wrong labels", draw: () => labelSection(one) }],
  }),
  repetitions,
  provenance: ({ provenance, benchmark }) => ({
    software: [["Model", provenance.model ?? "not known"]],
    settings: [["TCP slow start after idle", benchmark.tcpSlowStartAfterIdle ? "on (Linux's default)" : "off"]],
  }),
  counted: ({ samples }) =>
    `samples.csv: ${samples.photos} photos, ${samples.answered} answered, ${samples.warmup} of the warm-up`,
};

function partsOn(tier: TierName, { testbed, benchmark }: Pick<ImageReport, "testbed" | "benchmark">): string[] {
  return [
    ...(runsOn(tier, testbed, benchmark) ? ["worker"] : []),
    ...(benchmark.broker === tier ? ["broker"] : []),
    ...(tier === "endpoint" ? ["publisher"] : []),
  ];
}
