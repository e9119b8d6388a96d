import { linkNames } from "./link.ts";
import { deploymentRules } from "./deploymentRules.ts";
import { hostRules } from "./hostRules.ts";
import { kubernetesRules } from "./kubernetesRules.ts";
import type { Rule } from "./rule.ts";
import { brokerTiers } from "./software.ts";
import type { TestbedDraft } from "./testbed.ts";
import { tierNames, type TierName } from "./tier.ts";

/** Below this, Debian's kernel, systemd and sshd have no room to work in (46 MB used when idle, more while booting). */
export const minimumMemoryMiB = 256;

/** Mean size of the workload's photos, as in Continuum. */
const photoBits = 68_000 * 8;

const count = (spec: TestbedDraft, tier: TierName): number => spec.tiers[tier]?.count ?? 0;
const brokers = (spec: TestbedDraft): TierName[] => brokerTiers(spec.software);

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
    path: ["tiers", "endpoint"],
    needs: ["tiers", "benchmark"],
    when: (spec) => spec.benchmark !== undefined && count(spec, "endpoint") === 0,
    reason: (spec) => `the benchmark ${spec.benchmark?.workload ?? ""} needs an endpoint to send photos`,
    fix: 'add "endpoint: { count: 1 }", or remove the benchmark',
  },
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
  {
    path: ["benchmark"],
    needs: ["software", "benchmark"],
    when: (spec) => spec.benchmark !== undefined && brokers(spec).length === 0,
    reason: (spec) =>
      `the benchmark ${spec.benchmark?.workload ?? ""} sends its photos through an MQTT broker, and there is none`,
    fix: 'add "software: [ { kind: mqtt, on: edge } ]" (or on: cloud)',
  },
  {
    path: ["benchmark", "broker"],
    needs: ["software", "benchmark"],
    when: (spec) =>
      spec.benchmark?.broker !== undefined &&
      brokers(spec).length > 0 &&
      !brokers(spec).includes(spec.benchmark.broker),
    reason: (spec) => `no mqtt runs on ${spec.benchmark?.broker ?? ""}`,
    fix: (spec) =>
      `write "${brokers(spec)[0] ?? ""}", or add { kind: mqtt, on: ${spec.benchmark?.broker ?? ""} } to software`,
  },
  {
    path: ["benchmark", "rate"],
    needs: ["benchmark"],
    when: ({ benchmark }) =>
      benchmark !== undefined && benchmark.rateHz !== "auto" && benchmark.rateHz * benchmark.durationS < 1,
    reason: ({ benchmark }) =>
      `at ${benchmark?.rateHz ?? 0} Hz no photo is sent in a duration of ${benchmark?.durationS ?? 0} s`,
    fix: "raise the rate or the duration",
  },
  ...linkNames.flatMap((link): Rule[] => {
    const broker = link.split("-")[0];
    if (!link.endsWith("-endpoint")) return [];
    const sent = ({ benchmark }: TestbedDraft): number =>
      benchmark === undefined || benchmark.rateHz === "auto" ? 0 : (benchmark.rateHz * photoBits) / 1e6;
    return [
      {
        path: ["benchmark", "rate"],
        needs: ["links", "software", "benchmark"],
        severity: "warning",
        when: (spec) =>
          (spec.benchmark?.broker ?? brokers(spec)[0]) === broker &&
          sent(spec) > (spec.links[link]?.rateMbit ?? Infinity),
        reason: (spec) =>
          `photos of 68 kB at ${spec.benchmark?.rateHz ?? 0} Hz are ${sent(spec).toFixed(1)} Mbit/s, more than the ${spec.links[link]?.rateMbit ?? 0} Mbit of links.${link}: the run will not keep up`,
        fix: "lower the rate or widen the link",
      },
    ];
  }),
  ...deploymentRules,
  ...hostRules,
];

/** Rules about each entry of `software`; apart, as the list's length is not known beforehand. */
export function softwareRules(software: TestbedDraft["software"]): Rule[] {
  return software.flatMap((entry, i) => (entry.kind === "mqtt" ? brokerRules(entry.on, i) : kubernetesRules(entry, i)));
}

function brokerRules(on: TierName, i: number): Rule[] {
  return [
    {
      path: ["software", i, "on"],
      needs: ["tiers", "software"],
      when: (spec) => count(spec, on) === 0,
      reason: () => `mqtt runs on ${on}, a tier without machines`,
      fix: `set tiers.${on}.count to 1 or more, or choose another tier`,
    },
    {
      path: ["software", i],
      needs: ["software"],
      when: (spec) => brokerTiers(spec.software.slice(0, i)).includes(on),
      reason: () => `mqtt on ${on} is listed twice`,
      fix: "remove one",
    },
  ];
}
