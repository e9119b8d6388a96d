import { kindNames, kindOf } from "../../kinds/index.ts";
import type { ExperimentDraft } from "../draft.ts";
import { leaseRules } from "../lease.ts";
import { preparedRules } from "../prepared.ts";
import type { Rule } from "../rule.ts";
import type { TestbedDraft } from "./testbed.ts";
import { tierNames, type TierName } from "../tier.ts";

/** Below this, Debian's kernel, systemd and sshd have no room to work in (46 MB used when idle, more while booting). */
export const minimumMemoryMiB = 256;

const count = (spec: ExperimentDraft, tier: TierName): number => spec.tiers[tier]?.count ?? 0;

/** Machines that fit into a tier's quarter of a network: all its addresses but the first. */
export const tierCapacity = (network: string): number => 2 ** (30 - Number(network.split("/")[1] ?? 16)) - 1;

export const rules: readonly Rule[] = [
  {
    path: ["tiers"],
    needs: ["tiers"],
    when: (spec) => tierNames.every((tier) => count(spec, tier) === 0),
    reason: () => "the testbed has 0 machines",
    fix: 'add a tier, for example "cloud: { count: 1 }"',
  },
  ...tierNames.flatMap((tier): Rule[] => [
    {
      path: ["tiers", tier, "memory"],
      needs: ["tiers"],
      when: (spec) => count(spec, tier) > 0 && (spec.tiers[tier]?.memoryMiB ?? 0) < minimumMemoryMiB,
      reason: (spec) => `${spec.tiers[tier]?.memoryMiB ?? 0} MiB is too little for a machine to start`,
      fix: `write at least "${minimumMemoryMiB} MiB"`,
    },
    {
      path: ["tiers", tier, "count"],
      needs: ["tiers", "provider"],
      when: (spec) => count(spec, tier) > tierCapacity(spec.provider.network ?? "/16"),
      reason: (spec) =>
        `${count(spec, tier)} machines don't fit into a quarter of ${spec.provider.network ?? "a /16 network"}`,
      fix: (spec) => `use at most ${tierCapacity(spec.provider.network ?? "/16")} machines a tier, or a shorter prefix`,
    },
  ]),
  {
    path: ["benchmark", "worker"],
    needs: ["tiers", "benchmark"],
    when: ({ benchmark, ...spec }) =>
      benchmark !== undefined &&
      benchmark.worker !== "kubernetes" &&
      count({ ...spec, benchmark }, benchmark.worker) === 0,
    reason: (spec) => `the worker runs on ${spec.benchmark?.worker ?? ""}, a tier without machines`,
    fix: (spec) =>
      `set tiers.${spec.benchmark?.worker ?? ""}.count to 1 or more, or choose another tier for the worker`,
  },
  ...leaseRules,
  ...preparedRules,
  ...kindNames.flatMap((name) => kindOf(name).generalRules ?? []),
];

/** Rules about each entry of `software`; apart, as the list's length is not known beforehand. */
export function softwareRules(software: TestbedDraft["software"]): Rule[] {
  return software.flatMap((entry, i) => kindOf(entry.kind).rules(entry, i));
}
