import { z } from "zod";
import { duplicatedPercent } from "./duplicates.ts";
import { wantedDelay } from "./netem.ts";
import { peerOf, priorityOf, type AccessRates, type Emulation, type ShapingRule } from "./rules.ts";

const queue = z.object({
  kind: z.string(),
  handle: z.string(),
  root: z.boolean().optional(),
  options: z
    .object({
      limit: z.number().optional(),
      delay: z.object({ delay: z.number(), jitter: z.number(), correlation: z.number() }).optional(),
      "loss-random": z.object({ loss: z.number() }).optional(),
      "loss-gemodel": z.object({ p: z.number(), r: z.number(), "1-h": z.number(), "1-k": z.number() }).optional(),
      duplicate: z.object({ duplicate: z.number() }).optional(),
      corrupt: z.object({ corrupt: z.number() }).optional(),
      reorder: z.object({ reorder: z.number() }).optional(),
      rate: z.object({ rate: z.number() }).optional(),
    })
    .optional(),
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
  /** A run plays traces or faults. */
  playing: z.literal(true).optional(),
});

type Queue = z.infer<typeof queue>;

/** From here on a rate means "unlimited", in Mbit/s; no virtual network is this fast. */
const unlimitedMbit = 100_000;

/**
 * What a machine has in force, from what the read script printed. What equals the wanted up to tc's rounding is returned
 * as the wanted, so that only real differences show. A delay's distribution and a trace can't be read: they are taken as
 * wanted, and so is all while a run changes what tc tells.
 */
export function readBack(text: string, wanted: Emulation): Emulation {
  const found = document.parse(JSON.parse(text));
  const { qdiscs, filters } = found;
  const { rules: asWritten, access: sharedRates } = wanted;
  if (found.playing) return { rules: asWritten, ...(sharedRates === undefined ? {} : { access: sharedRates }) };
  if (!qdiscs.some((qdisc) => qdisc.kind === "htb" && qdisc.root === true)) return { rules: {} };
  const rules = qdiscs.flatMap((qdisc): [string, ShapingRule][] => {
    const number = parseInt(qdisc.handle, 16);
    const peer = qdisc.kind === "netem" ? peerOf(number) : undefined;
    const match = filters.find(({ options }) => options?.flowid === `1:${number.toString(16)}`)?.options?.match;
    if (peer === undefined || match === undefined) return [];
    const want = wanted.rules[peer];
    const rule = {
      ...ruleOf(qdisc, cidrOf(match), duplicates(found.duplicates, peer), want?.jitterDistribution),
      ...(want?.trace === undefined ? {} : { trace: want.trace }),
    };
    return [[peer, want !== undefined && same(rule, want) ? want : rule]];
  });
  const access = accessOf(found, wanted.access);
  // In the order of the wanted ones, so that equal rules are equal text.
  const order = Object.keys(wanted.rules);
  rules.sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
  return { rules: Object.fromEntries(rules), ...(access === undefined ? {} : { access }) };
}

function ruleOf(
  { options }: Queue,
  cidr: string,
  duplicatePercent: number | undefined,
  distribution: ShapingRule["jitterDistribution"],
): ShapingRule {
  const rateMbit = (options?.rate?.rate ?? unlimitedMbit * 125_000) / 125_000;
  const { delay = 0, jitter = 0, correlation = 0 } = options?.delay ?? {};
  const { latencyMs, jitterMs } = wantedDelay({ delayUs: delay * 1e6, jitterUs: jitter * 1e6 }, distribution);
  return {
    cidr,
    latencyMs: rounded(latencyMs),
    jitterMs: rounded(jitterMs),
    ...(jitter > 0 && distribution !== undefined ? { jitterDistribution: distribution } : {}),
    ...share("jitterCorrelationPercent", correlation),
    ...(rateMbit < unlimitedMbit && { rateMbit: rounded(rateMbit) }),
    ...lossOf(options),
    ...share(
      "duplicatePercent",
      duplicatePercent === undefined ? options?.duplicate?.duplicate : duplicatePercent / 100,
    ),
    ...share("corruptPercent", options?.corrupt?.corrupt),
    ...share("reorderPercent", options?.reorder?.reorder),
    limitPackets: options?.limit ?? 0,
  };
}

function lossOf(options: Queue["options"]): Pick<ShapingRule, "lossPercent" | "gilbertElliott"> {
  const model = options?.["loss-gemodel"];
  if (model === undefined) return { lossPercent: percent(options?.["loss-random"]?.loss ?? 0) };
  const bad = model.p + model.r === 0 ? 0 : model.p / (model.p + model.r);
  return {
    lossPercent: percent(bad * model["1-h"] + (1 - bad) * model["1-k"]),
    gilbertElliott: {
      goodToBadPercent: percent(model.p),
      badToGoodPercent: percent(model.r),
      lossInBadPercent: percent(model["1-h"]),
      lossInGoodPercent: percent(model["1-k"]),
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
  const upMbit = mbitOf(classes);
  const downBytes = inbound.find(({ kind }) => kind === "netem")?.options?.rate?.rate;
  const downMbit = downBytes === undefined || !received.includes("Redirect") ? undefined : rounded(downBytes / 125_000);
  if ((upMbit ?? downMbit) === undefined) return undefined;
  return {
    ...(upMbit === undefined ? {} : { upMbit: asWanted(upMbit, wanted?.upMbit) }),
    ...(downMbit === undefined ? {} : { downMbit: asWanted(downMbit, wanted?.downMbit) }),
    peers: wanted?.peers ?? [],
  };
}

const asWanted = (found: number, wanted: number | undefined): number =>
  wanted !== undefined && near(found, wanted) ? wanted : found;

const units = { "": 1e-6, K: 1e-3, M: 1, G: 1e3 } as const;

/** The rate of a class, as tc writes it ("7210Kbit"); undefined where it limits nothing. */
function mbitOf(text: string): number | undefined {
  const [, digits, unit = ""] = /\brate ([\d.]+)([KMG]?)bit/.exec(text) ?? [];
  const mbit = Number(digits) * units[unit as keyof typeof units];
  return digits === undefined || mbit >= unlimitedMbit ? undefined : rounded(mbit);
}

function share<K extends string>(key: K, value: number | undefined): Partial<Record<K, number>> {
  return value === undefined || value === 0 ? {} : ({ [key]: percent(value) } as Partial<Record<K, number>>);
}

const percent = (value: number): number => rounded(value * 100);

function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

/** tc prints an address and its mask as hexadecimal numbers without leading zeros. */
function cidrOf({ value, mask }: { value: string; mask: string }): string {
  const number = parseInt(value, 16);
  const bits = parseInt(mask, 16).toString(2).replace(/0+$/, "").length;
  return `${[24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join(".")}/${bits}`;
}

/** tc keeps rates in whole bytes per second and shares to 2^-32. */
function near(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-3 * Math.max(a, b, 1e-3);
}

/** It keeps times in ticks of 64 ns, and prints whole microseconds, cut off: two numbers of which a time is computed. */
function nearTime(a: number, b: number): boolean {
  return Math.abs(a - b) <= 2.5e-3;
}

function same(found: unknown, wanted: unknown, name = ""): boolean {
  if (typeof found === "number" && typeof wanted === "number") {
    return name.endsWith("Ms") ? nearTime(found, wanted) : near(found, wanted);
  }
  if (typeof found !== "object" || typeof wanted !== "object" || found === null || wanted === null) {
    return found === wanted;
  }
  const keys = new Set([...Object.keys(found), ...Object.keys(wanted)]);
  return [...keys].every((key) =>
    same((found as Record<string, unknown>)[key], (wanted as Record<string, unknown>)[key], key),
  );
}
