import { linkNames, parseMachineName, type LinkShape, type LinksSpec, type MachineOverride } from "./link.ts";
import type { Path } from "./problem.ts";
import type { Rule } from "./rule.ts";
import { layShape, type ShapeArgs } from "./writtenShape.ts";
import type { ExperimentDraft } from "./draft.ts";

/** Above this a packet passes too many rules: netem and filters slow down (arXiv 2208.05862), and so does every edit. */
const manyOverrides = 64;

/**
 * netem keeps a jitter as at most 2^31 - 1 ns (sch_netem.c) and draws from tables of one unit; this is the deviation, in ms,
 * that it has then (see providers/strata/net/netem.ts: 0.8197 of it for pareto, 1 / sqrt(3) for an even spread).
 */
const mostJitterMs = { normal: 2147, pareto: 1760, uniform: 1239 } as const;

/** Below this tc reads a latency, in whole microseconds, as none. */
const leastLatencyMs = 0.0005;

/** One way of a link, as the rules look at it. */
interface Way {
  path: Path;
  shape: LinkShape;
}

/** Rules of all links and machines with settings; apart, as these are not known beforehand. */
export function linkRules(links: LinksSpec): Rule[] {
  return [
    ...waysOf(links).flatMap(wayRules),
    ...Object.keys(links.machines ?? {}).flatMap((name) => machineRules(name)),
    {
      path: ["links"],
      needs: ["links"],
      severity: "warning",
      when: () => Object.keys(links.machines ?? {}).length > manyOverrides,
      reason: () =>
        `${Object.keys(links.machines ?? {}).length} machines have settings of their own, a rule each in every other machine`,
      fix: `give at most ${manyOverrides} of them, and tiers the values that most share`,
    },
  ];
}

function waysOf(links: LinksSpec): Way[] {
  const pairs = linkNames.flatMap((name): Way[] => {
    const link = links[name];
    if (link === undefined) return [];
    const { up, ...down } = link;
    return [
      { path: ["links", name], shape: down },
      ...(up === undefined ? [] : [{ path: ["links", name, "up"], shape: up }]),
    ];
  });
  // A machine's fields are judged where it gives them itself: what they are laid over is judged already.
  const machines = Object.entries(links.machines ?? {}).flatMap(([name, own]) => ownWays(name, own));
  return [...pairs, ...machines];
}

function ownWays(name: string, { both, up, down }: MachineOverride): Way[] {
  const complete = (fields: ShapeArgs): boolean => fields.latency !== undefined;
  const ways: [Path, ShapeArgs][] = [
    [["links", name], both],
    [["links", name, "up"], { ...both, ...up }],
    [["links", name, "down"], { ...both, ...down }],
  ];
  return ways
    .filter(
      ([path, fields]) =>
        complete(fields) && (path.length === 2 || Object.keys(path[2] === "up" ? up : down).length > 0),
    )
    .map(([path, fields]) => ({ path, shape: layShape(fields) }));
}

function wayRules({ path, shape }: Way): Rule[] {
  const { latencyMs, jitterMs, lossPercent, gilbertElliott, rateMbit, trace } = shape;
  const most = mostJitterMs[shape.jitterDistribution ?? "normal"];
  const wide = (trace?.steps ?? []).find((step) => (step.jitterMs ?? 0) > most);
  const early = (trace?.steps ?? []).filter((step) => (step.jitterMs ?? jitterMs) > (step.latencyMs ?? latencyMs));
  return [
    {
      path: [...path, "jitter"],
      needs: ["links"],
      severity: "warning",
      when: () => jitterMs > latencyMs,
      reason: () =>
        `a jitter of ${jitterMs} ms on a latency of ${latencyMs} ms asks for negative delays; netem makes them 0, which raises the mean and narrows the spread`,
      fix: "make the jitter at most a third of the latency",
    },
    {
      path: [...path, "jitter"],
      needs: ["links"],
      when: () => jitterMs > most,
      reason: () => `a jitter of ${jitterMs} ms is more than netem can make`,
      fix: `the most is ${most} ms with distribution ${shape.jitterDistribution ?? "normal"}`,
    },
    {
      path: [...path, "trace"],
      needs: ["links"],
      when: () => jitterMs <= most && wide !== undefined,
      reason: () => `from ${(wide?.atMs ?? 0) / 1000} s on the jitter is more than netem can make`,
      fix: `the most is ${most} ms with distribution ${shape.jitterDistribution ?? "normal"}`,
    },
    {
      path: [...path, "trace"],
      needs: ["links"],
      severity: "warning",
      when: () => jitterMs <= latencyMs && early.length > 0,
      reason: () =>
        `from ${(early[0]?.atMs ?? 0) / 1000} s on the jitter is above the latency, which asks for negative delays; netem makes them 0`,
      fix: "give the trace's jitter with its latency, at most a third of it",
    },
    {
      path: [...path, "jitterDistribution"],
      needs: ["links"],
      severity: "warning",
      when: () => jitterMs === 0 && (shape.jitterDistribution ?? shape.jitterCorrelationPercent) !== undefined,
      reason: () => "there is no jitter that could be distributed or correlated",
      fix: "add a jitter, or remove this",
    },
    {
      path: [...path, "reorder"],
      needs: ["links"],
      when: () => (shape.reorderPercent ?? 0) > 0 && latencyMs < leastLatencyMs,
      reason: () => "packets overtake others by not being delayed, and nothing is delayed here",
      fix: "add a latency, or remove reorder",
    },
    {
      path: [...path, "queue"],
      needs: ["links"],
      when: () => shape.queueMs !== undefined && rateMbit === undefined,
      reason: () => `a queue of ${shape.queueMs ?? 0} ms has no length without a rate`,
      fix: 'add a rate, or write the queue as "100 packets"',
    },
    {
      path: [...path, "lossBurst"],
      needs: ["links"],
      when: () => (gilbertElliott?.goodToBadPercent ?? 0) > 100,
      reason: () => `losses of ${lossPercent} % don't fit between bursts that short`,
      fix: "lower the loss, or make the bursts longer",
    },
  ];
}

function machineRules(name: string): Rule[] {
  const { tier, index } = parseMachineName(name) ?? { tier: "cloud", index: 0 };
  const count = (spec: ExperimentDraft): number => spec.tiers[tier]?.count ?? 0;
  return [
    {
      path: ["links", name],
      needs: ["tiers", "links"],
      when: (spec) => index >= count(spec),
      reason: (spec) =>
        `there is no machine ${name}: ${tier} has ${count(spec)} machine${count(spec) === 1 ? "" : "s"}`,
      fix: (spec) =>
        count(spec) === 0 ? `set tiers.${tier}.count` : `name one of ${tier}-0 to ${tier}-${count(spec) - 1}`,
    },
  ];
}
