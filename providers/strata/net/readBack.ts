import { z } from "zod";
import { duplicatedPercent } from "./duplicates.ts";
import { netemSettings, unlimitedBit, wantedDelay } from "./netem.ts";
import { netemOptions, printedSettings, printsAs, rateOf } from "./printed.ts";
import { peerOf, priorityOf, type AccessRates, type Emulation, type ShapingRule } from "./rules.ts";

const queue = z.object({
  kind: z.string(),
  handle: z.string(),
  root: z.boolean().optional(),
  options: netemOptions.optional(),
});

/** What the machine's read script prints: `tc -j` where that says all, else tc's text (iproute2 6: tc/q_netem.c, f_u32.c, f_bpf.c). */
const document = z.object({
  qdiscs: z.array(queue),
  /** The shared class. */
  classes: z.string(),
  filters: z.array(
    z.object({
      options: z
        .object({
          flowid: z.string().optional(),
          match: z.object({ value: z.string(), mask: z.string() }).optional(),
        })
        .optional(),
    }),
  ),
  duplicates: z.string(),
  received: z.string(),
  inbound: z.array(queue),
  /** A run replays traces or injects faults. */
  injecting: z.literal(true).optional(),
});

type Queue = z.infer<typeof queue>;

const unlimitedMbit = unlimitedBit / 1e6;

/**
 * What a machine has in force, from what the read script printed. What would be printed of the wanted, too, is returned
 * as the wanted, so that only real differences show. A delay's distribution and a trace can't be read: they are taken as
 * wanted, and so is all while a run changes what tc tells.
 */
export function readBack(text: string, wanted: Emulation): Emulation {
  const found = document.parse(JSON.parse(text));
  const { qdiscs, filters } = found;
  const { rules: asWritten, access: sharedRates } = wanted;
  if (found.injecting) return { rules: asWritten, ...(sharedRates === undefined ? {} : { access: sharedRates }) };
  if (!qdiscs.some((qdisc) => qdisc.kind === "htb" && qdisc.root === true)) return { rules: {} };
  const rules = qdiscs.flatMap((qdisc): [string, ShapingRule][] => {
    const number = parseInt(qdisc.handle, 16);
    const peer = qdisc.kind === "netem" ? peerOf(number) : undefined;
    const match = filters.find(({ options }) => options?.flowid === `1:${number.toString(16)}`)?.options?.match;
    if (peer === undefined || match === undefined) return [];
    const want = wanted.rules[peer];
    const cidr = cidrOf(match);
    const copied = duplicates(found.duplicates, peer) ?? (qdisc.options?.duplicate?.duplicate ?? 0) * 100;
    if (want?.cidr === cidr && nearShare(copied, want.duplicatePercent ?? 0) && hasSettings(qdisc, want)) {
      return [[peer, want]];
    }
    const rule = ruleOf(qdisc, cidr, copied, want?.jitterDistribution);
    return [[peer, { ...rule, ...unread(want) }]];
  });
  const access = accessOf(found, wanted.access);
  // In the order of the wanted ones, so that equal rules are equal text.
  const order = Object.keys(wanted.rules);
  rules.sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
  return { rules: Object.fromEntries(rules), ...(access === undefined ? {} : { access }) };
}

/** What tc does not tell, as wanted. */
const unread = (want: ShapingRule | undefined): Pick<ShapingRule, "countsPackets" | "trace"> => ({
  ...(want?.countsPackets === undefined ? {} : { countsPackets: want.countsPackets }),
  ...(want?.trace === undefined ? {} : { trace: want.trace }),
});

const hasSettings = (qdisc: Queue, want: ShapingRule): boolean => printsAs(netemSettings(want), printedSettings(qdisc));

function ruleOf(
  qdisc: Queue,
  cidr: string,
  duplicatePercent: number,
  distribution: ShapingRule["jitterDistribution"],
): ShapingRule {
  const { delayUs, jitterUs, rateBit, ...found } = printedSettings(qdisc);
  const { latencyMs, jitterMs } = wantedDelay({ delayUs, jitterUs }, distribution);
  return {
    cidr,
    latencyMs: rounded(latencyMs),
    jitterMs: rounded(jitterMs),
    ...(jitterUs > 0 && distribution !== undefined ? { jitterDistribution: distribution } : {}),
    ...share("jitterCorrelationPercent", found.correlationPercent),
    ...(rateBit === unlimitedBit ? {} : { rateMbit: rounded(rateBit / 1e6) }),
    ...lossOf(found.lossPercents),
    ...share("duplicatePercent", duplicatePercent),
    ...share("corruptPercent", found.corruptPercent),
    ...share("reorderPercent", found.reorderPercent),
    limitPackets: found.limit,
  };
}

function lossOf(percents: readonly number[]): Pick<ShapingRule, "lossPercent" | "gilbertElliott"> {
  if (percents.length === 1) return { lossPercent: rounded(percents[0] ?? 0) };
  const [toBad = 0, toGood = 0, inBad = 0, inGood = 0] = percents.map(rounded);
  const bad = toBad + toGood === 0 ? 0 : toBad / (toBad + toGood);
  return {
    lossPercent: rounded(bad * inBad + (1 - bad) * inGood),
    gilbertElliott: {
      goodToBadPercent: toBad,
      badToGoodPercent: toGood,
      lossInBadPercent: inBad,
      lossInGoodPercent: inGood,
    },
  };
}

/** Of the filters at the egress hook, as text; a rule without one has no duplicates. */
function duplicates(text: string, peer: string): number | undefined {
  const own = text
    .split("filter protocol")
    .find((part) => part.includes(` pref ${priorityOf(peer)} bpf`) && part.includes("bytecode"));
  return own === undefined ? undefined : duplicatedPercent(own);
}

function accessOf(
  { classes, received, inbound }: z.infer<typeof document>,
  wanted: AccessRates | undefined,
): AccessRates | undefined {
  const sent = rateOf(classes);
  // Told where nothing is limited; or it is the wanted rate.
  const upMbit = sent === unlimitedMbit && wanted?.upMbit === undefined ? undefined : sent;
  const downBytes = inbound.find(({ kind }) => kind === "netem")?.options?.rate?.rate;
  const downMbit = downBytes === undefined || !received.includes("Redirect") ? undefined : rounded(downBytes / 125_000);
  if ((upMbit ?? downMbit) === undefined) return undefined;
  return {
    ...(upMbit === undefined ? {} : { upMbit: asWanted(upMbit, wanted?.upMbit) }),
    ...(downMbit === undefined ? {} : { downMbit: asWanted(downMbit, wanted?.downMbit) }),
    peers: wanted?.peers ?? [],
  };
}

/** A class's rate is printed in four digits or more, and kept in whole bytes a second. */
const asWanted = (found: number, wanted: number | undefined): number =>
  wanted !== undefined && Math.abs(found - wanted) <= Math.max(1e-3 * wanted, 8e-6) ? wanted : found;

/** Kept to 2^-32, and written to a millionth of a percent. */
const nearShare = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-6 + 1e-5 * b;

function share<K extends string>(key: K, percent: number): Partial<Record<K, number>> {
  return rounded(percent) === 0 ? {} : ({ [key]: rounded(percent) } as Partial<Record<K, number>>);
}

function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

/** tc prints an address and its mask as hexadecimal numbers without leading zeros. */
function cidrOf({ value, mask }: { value: string; mask: string }): string {
  const number = parseInt(value, 16);
  const bits = parseInt(mask, 16).toString(2).replace(/0+$/, "").length;
  return `${[24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join(".")}/${bits}`;
}
