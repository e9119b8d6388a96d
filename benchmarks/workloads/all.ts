import type { BenchmarkBase, DraftBase, WorkloadSpec } from "../../components/experiment/workload.ts";
import * as workloads from "./table.ts";

/** A workload of which one knows no more than of others. */
export type AnyWorkload = WorkloadSpec<BenchmarkBase, DraftBase, unknown>;

/** All there are, by name. */
export const allWorkloads = Object.entries(workloads as unknown as Record<string, AnyWorkload>);
