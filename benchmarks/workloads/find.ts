import type { Workload } from "../workload.ts";
import { allWorkloads } from "./all.ts";

/** What a workload does, loaded by need. @throws Error where there is none of that name. */
export async function findWorkload(name: string): Promise<Workload> {
  const known = allWorkloads.find(([one]) => one === name)?.[1];
  if (known === undefined) throw new Error(`there is no workload "${name}" in this Strata`);
  const { workload } = await known.load();
  return workload as Workload;
}
