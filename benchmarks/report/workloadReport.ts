import type { z } from "zod";
import type { TierName } from "../../components/experiment/tier.ts";
import type { PartResult } from "../parts/partFiles.ts";
import type { Html } from "./page/html.ts";
import type { Card } from "./page/cards.ts";
import type { Report } from "./schema.ts";

/** A part of the page: what it is called where it can't be drawn, and how it is drawn; empty text: it is left out. */
export interface PagePart {
  title: string;
  draw: () => string;
}

/** What figures are computed from. */
export interface Figured<Sample> {
  /** Of all repetitions, warm-up included. */
  samples: readonly Sample[];
  /** Of all parts. */
  results: readonly PartResult[];
  /** Computes a figure; where that fails, the figure is `otherwise`, and the report's problems say so. */
  part: <T>(what: string, compute: () => T, otherwise: T) => T;
}

/**
 * How a workload's results are kept and told.
 * @template Sample what one line of samples.csv holds. @template Own its reports: the common one with `figures`.
 */
export interface WorkloadReport<B, Sample, Own = Report> {
  /** Keys that its reports have beside the common ones. */
  readonly figures: z.ZodRawShape;
  /** What a repetition's report has beside "sustained" and "reasons". */
  readonly judged: z.ZodRawShape;
  /** What is counted of the samples. */
  readonly counts: z.ZodRawShape;
  /** What a calibration found, where the workload has one. */
  readonly calibration?: z.ZodType<object>;

  /** samples.csv, in blocks: the samples of a long run are more than one string can hold. */
  write(samples: readonly Sample[]): Generator<string>;
  /** Reads it back. @throws Error of the file system, or naming the row that is damaged. */
  read(file: string): Sample[];
  /** Values of `figures`. */
  compute(input: Figured<Sample>): object;
  /** Values of `counts`. */
  count(samples: readonly Sample[]): object;

  /** "12 of 13 answered": what was done of what was to be done. */
  done(report: Own): string;
  /** Said of a completed run, after what was done: "the load was sustained". */
  readonly sustained: string;
  /** What was asked for: "1 Hz an endpoint, 60 s after 10 s of warm-up". */
  load(benchmark: B): string;
  /** How a calibration came to its result. */
  calibrated?(calibration: object): string;
  /** What machines of a tier do, for the graph. */
  partsOn(tier: TierName, report: Own): string[];

  /** Tables that the command line shows before the common ones, and lines after them. */
  tables(report: Own): { before: string[]; after: string[] };
  /** The figures one looks at first. */
  cards(report: Own): Card[];
  /** Parts of the page about what was measured, and those that come after the common ones. */
  parts(report: Own, samples: readonly Sample[]): { figures: PagePart[]; appendix: PagePart[] };
  /** Columns of the table of repetitions, between the repetition's number and whether it was sustained. */
  repetitions(report: Own): { header: string[]; rows: (string | Html)[][]; caption: string };
  /** What was computed with, and settings that change figures: pairs of name and text. */
  provenance(report: Own): { software: [string, string][]; settings: [string, string][] };
  /** "samples.csv: 12 rows": of the table of provenance. */
  counted(report: Own): string;
}
