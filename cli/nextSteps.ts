import { specOrThrow } from "../components/experiment/whole/load.ts";
import { tierNames } from "../components/experiment/tier.ts";
import { recordedLease } from "../local/lease.ts";
import { spanText } from "../local/timeSpan.ts";
import { readExperiment } from "../program/experiment.ts";

/** What may be done with a testbed that is up, for who sees it the first time. */
export function nextSteps(stack: string): string {
  const { file, loaded } = readExperiment(stack);
  const { tiers, benchmark } = specOrThrow(loaded, file);
  const tier = tierNames.find((name) => (tiers[name]?.count ?? 0) > 0);
  const steps: [string, string][] = [
    ...(tier === undefined ? [] : [[`strata ssh ${stack} ${tier}-0`, "log in to a machine"] as [string, string]]),
    [`strata verify network ${stack}`, "hold each link against what was asked for"],
    ...(benchmark === undefined ? [] : [[`strata bench ${stack}`, "measure, and write a report"] as [string, string]]),
    [`strata destroy ${stack}`, "remove it"],
  ];
  const width = Math.max(...steps.map(([command]) => command.length));
  const lease = recordedLease(stack);
  const kept = lease === undefined ? "" : `, for ${spanText(lease.seconds)} unless another up renews its lease`;
  return `\nTestbed ${stack} is up${kept}. Next:\n${steps.map(([command, does]) => `  ./${command.padEnd(width)}  ${does}\n`).join("")}`;
}
