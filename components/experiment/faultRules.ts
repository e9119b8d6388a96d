import type { FaultSpec } from "./fault.ts";
import { linkBetween, linkTiers, type LinkName } from "./link.ts";
import type { Rule } from "./rule.ts";
import type { ExperimentDraft } from "./draft.ts";
import { tierNames, type TierName } from "./tier.ts";

/** Rules of a benchmark's faults. */
export function faultRules(faults: readonly FaultSpec[]): Rule[] {
  return faults.flatMap((fault, i) => [...spanRules(fault, i), ...effectRules(fault, i), ...placeRules(fault, i)]);
}

const pathOf = (i: number, key: string) => ["benchmark", "faults", i, key];

function spanRules(fault: FaultSpec, i: number): Rule[] {
  const end = fault.atS + fault.durationS;
  return [
    {
      path: pathOf(i, "duration"),
      needs: ["benchmark"],
      when: () => fault.durationS <= 0,
      reason: () => "a fault of 0 s does not happen",
      fix: 'write for example "5 s"',
    },
    {
      path: pathOf(i, "duration"),
      needs: ["benchmark"],
      when: ({ benchmark }) => end > (benchmark?.durationS ?? 0),
      reason: ({ benchmark }) =>
        `the fault ends ${end} s after the start of measuring, which lasts ${benchmark?.durationS ?? 0} s`,
      fix: "let it end before, or measure longer (benchmark.duration)",
    },
  ];
}

function effectRules(fault: FaultSpec, i: number): Rule[] {
  const none =
    (fault.kind === "loss-burst" && fault.lossPercent === 0) || (fault.kind === "latency-step" && fault.addedMs === 0);
  return [
    {
      path: pathOf(i, fault.kind === "loss-burst" ? "loss" : "latency"),
      needs: ["benchmark"],
      when: () => none,
      reason: () => "the fault changes nothing",
      fix: "write more than 0, or remove the fault",
    },
  ];
}

/** A link that is not emulated has no queue in which anything could be lost or held back. */
function placeRules(fault: FaultSpec, i: number): Rule[] {
  const key = fault.kind === "partition" ? "tier" : "link";
  const links = (spec: ExperimentDraft): LinkName[] =>
    fault.kind === "partition" ? linksOf(spec, fault.tier) : [fault.link];
  const missing = (spec: ExperimentDraft): LinkName[] => links(spec).filter((link) => spec.links[link] === undefined);
  const absent = (spec: ExperimentDraft): boolean =>
    fault.kind === "partition"
      ? count(spec, fault.tier) === 0 || links(spec).length === 0
      : !hasMachines(spec, fault.link);
  return [
    {
      path: pathOf(i, key),
      needs: ["tiers", "benchmark"],
      when: absent,
      reason: () => `there are no two machines between which this could happen`,
      fix: "name a link whose tiers have machines, or remove the fault",
    },
    {
      path: pathOf(i, key),
      needs: ["tiers", "links", "benchmark"],
      when: (spec) => !absent(spec) && missing(spec).length > 0,
      reason: (spec) => `${missing(spec).join(" and ")} ${missing(spec).length > 1 ? "are" : "is"} not emulated`,
      fix: (spec) => `give links.${missing(spec)[0] ?? ""} a value, for example "{ latency: 1 ms }", or a preset`,
    },
  ];
}

const count = (spec: ExperimentDraft, tier: TierName): number => spec.tiers[tier]?.count ?? 0;

function linksOf(spec: ExperimentDraft, tier: TierName): LinkName[] {
  return tierNames.filter((other) => other !== tier && count(spec, other) > 0).map((other) => linkBetween(tier, other));
}

function hasMachines(spec: ExperimentDraft, link: LinkName): boolean {
  const [from, to] = linkTiers(link);
  return from === to ? count(spec, from) >= 2 : count(spec, from) >= 1 && count(spec, to) >= 1;
}
