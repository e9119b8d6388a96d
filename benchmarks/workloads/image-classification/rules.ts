import { linkNames } from "../../../components/experiment/link.ts";
import { pods } from "../../../components/kinds/kubernetes/deploymentRules.ts";
import type { Rule } from "../../../components/experiment/rule.ts";
import { brokerTiers } from "../../../components/kinds/mqtt/brokers.ts";
import type { ExperimentDraft } from "../../../components/experiment/draft.ts";
import type { TierName } from "../../../components/experiment/tier.ts";
import type { ImageDraft } from "./spec.ts";

/** Mean size of the photos, as in Continuum. */
const photoBits = 68_000 * 8;

const brokers = (spec: ExperimentDraft): TierName[] => brokerTiers(spec.software);

export function imageRules({ broker, rateHz, durationS }: ImageDraft): Rule[] {
  return [
    {
      path: ["tiers", "endpoint"],
      needs: ["tiers", "benchmark"],
      when: (spec) => (spec.tiers.endpoint?.count ?? 0) === 0,
      reason: () => "the benchmark image-classification needs an endpoint to send photos",
      fix: 'add "endpoint: { count: 1 }", or remove the benchmark',
    },
    {
      path: ["benchmark"],
      needs: ["software", "benchmark"],
      when: (spec) => brokers(spec).length === 0,
      reason: () => "the benchmark image-classification sends its photos through an MQTT broker, and there is none",
      fix: 'add "software: [ { kind: mqtt, on: edge } ]" (or on: cloud)',
    },
    {
      path: ["benchmark", "broker"],
      needs: ["software", "benchmark"],
      when: (spec) => broker !== undefined && brokers(spec).length > 0 && !brokers(spec).includes(broker),
      reason: () => `no mqtt runs on ${broker ?? ""}`,
      fix: (spec) => `write "${brokers(spec)[0] ?? ""}", or add { kind: mqtt, on: ${broker ?? ""} } to software`,
    },
    {
      path: ["benchmark", "rate"],
      needs: ["benchmark"],
      when: () => rateHz !== "auto" && rateHz * durationS < 1,
      reason: () => `at ${rateHz} Hz no photo is sent in a duration of ${durationS} s`,
      fix: "raise the rate or the duration",
    },
    ...linkRules(rateHz, broker),
    {
      path: ["tiers", "endpoint", "count"],
      needs: ["tiers", "software", "benchmark"],
      severity: "warning",
      when: (spec) => {
        const workers = pods(spec);
        return workers !== undefined && (spec.tiers.endpoint?.count ?? 0) % workers !== 0;
      },
      reason: (spec) =>
        `${spec.tiers.endpoint?.count ?? 0} endpoints can't be shared out evenly among ${pods(spec) ?? 0} workers, so some get more photos than others`,
      fix: "make the number of endpoints a multiple of the number of workers",
    },
  ];
}

/** A link that the photos don't fit through. */
function linkRules(rateHz: ImageDraft["rateHz"], asked: TierName | undefined): Rule[] {
  const mbit = rateHz === "auto" ? 0 : (rateHz * photoBits) / 1e6;
  return linkNames.flatMap((link): Rule[] => {
    const broker = link.split("-")[0];
    if (!link.endsWith("-endpoint")) return [];
    return [
      {
        path: ["benchmark", "rate"],
        needs: ["links", "software", "benchmark"],
        severity: "warning",
        when: (spec) => (asked ?? brokers(spec)[0]) === broker && mbit > (spec.links[link]?.rateMbit ?? Infinity),
        reason: (spec) =>
          `photos of 68 kB at ${rateHz} Hz are ${mbit.toFixed(1)} Mbit/s, more than the ${spec.links[link]?.rateMbit ?? 0} Mbit of links.${link}: the run will not keep up`,
        fix: "lower the rate or widen the link",
      },
    ];
  });
}
