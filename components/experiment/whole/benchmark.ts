import { z } from "zod";
import { allWorkloads, type AnyWorkload } from "../../../benchmarks/workloads/all.ts";
import * as workloads from "../../../benchmarks/workloads/table.ts";
import type { BenchmarkBase, DraftBase } from "../workload.ts";

type Table = typeof workloads;
type Workload = Table[keyof Table];

/** A benchmark with its units resolved, as the plan and the stack's outputs hold it. */
export type BenchmarkSpec = BenchmarkBase & z.output<Workload["benchmark"]>;

/** A benchmark as far as the file says it: the rest depends on the software and the machines (see load.ts). */
export type BenchmarkDraft = DraftBase & z.output<Workload["args"]>;

type BenchmarkArgs = z.input<Workload["args"]>;

/** The workload of a benchmark, as a schema below has let it through: its name is in the table. */
export const workloadOf = ({ workload }: { workload: string }): AnyWorkload => workloads[workload as keyof Table];

type Forms = readonly [z.core.$ZodTypeDiscriminable, ...z.core.$ZodTypeDiscriminable[]];
const forms = (of: "args" | "benchmark"): Forms => allWorkloads.map(([, one]) => one[of]) as unknown as Forms;

/** No transforms here: reading the outputs back gives the same object. */
export const benchmarkSchema = z.discriminatedUnion("workload", forms("benchmark")) as unknown as z.ZodType<
  BenchmarkSpec,
  BenchmarkSpec
>;

/** The benchmarks there are, told apart by `workload`. */
export const benchmarkArgsSchema = z
  .discriminatedUnion("workload", forms("args"))
  .meta({ description: "What is measured on the testbed. Absent: nothing." }) as unknown as z.ZodType<
  BenchmarkDraft,
  BenchmarkArgs
>;
