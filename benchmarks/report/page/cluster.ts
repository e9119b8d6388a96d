import { phaseCells, phaseHeader, podCells, podHeader } from "../clusterTables.ts";
import type { Report } from "../schema.ts";
import { htmlTable, section } from "./html.ts";

export function podSection({ kubernetes }: Report): string {
  if (kubernetes === undefined) return "";
  const lost = kubernetes.nodes.filter(({ ready }) => !ready);
  const nodes = lost.map(({ name, problem }) => ` Node ${name} is not ready${problem ? `: ${problem}` : ""}.`).join("");
  const caption = `Each worker pod, with the seconds from its creation until it was scheduled, initialized, its container started, and ready for runs; the cluster's API tells whole seconds.${nodes}`;
  return section("Pods", caption, htmlTable(podHeader, podCells(kubernetes.pods)));
}

export function phaseSection({ phases }: Report): string {
  if (phases === undefined) return "";
  const caption =
    "The parts of building the testbed, each as it was last done. A phase of several machines mostly runs on all at once.";
  return section("Building the testbed", caption, htmlTable(phaseHeader, phaseCells(phases)));
}
