import { z } from "zod";

/**
 * ok: within the tolerance; off: outside, also when measured again; not measured: `note` says why. Never ends a run: the
 * reader sees both figures.
 */
export const verdicts = ["ok", "off", "not measured"] as const;

const roundTripSchema = z.strictObject({
  /** The latency of both ways and the ping's own time at the link's rates, in ms. */
  wantedMs: z.number(),
  /** Mean of the pings less the floor, in ms. */
  measuredMs: z.number().optional(),
  /** What the machines and the bridge take without any shaping, in ms: both machines' round trips to one host. */
  floorMs: z.number().optional(),
  /** 99th percentile of the pings, floor included, in ms. */
  p99Ms: z.number().optional(),
  /** Standard deviation; wanted is that of both ways' jitter, measured that of the pings less the floor's. */
  wantedSdMs: z.number(),
  measuredSdMs: z.number().optional(),
  floorSdMs: z.number().optional(),
  lossPercent: z.number().optional(),
  verdict: z.enum(verdicts),
  note: z.string().optional(),
});

const jitterVerdict = z.enum(verdicts).optional();

const lossSchema = z.strictObject({
  /** Of either way, in percent of the pings. */
  wantedPercent: z.number(),
  sent: z.int().optional(),
  lost: z.int().optional(),
  verdict: z.enum(verdicts),
});

const rateSchema = z.strictObject({
  /** In 10^6 bit/s: the lowest of the link's rate and those that the machines' links share. */
  wantedMbit: z.number(),
  /** TCP payload received, scaled to what it takes on the wire, in 10^6 bit/s. */
  measuredMbit: z.number().optional(),
  verdict: z.enum(verdicts),
  note: z.string().optional(),
});

export const linkCheckSchema = z.strictObject({
  link: z.string(),
  /** Machines between which it was measured. */
  from: z.string(),
  to: z.string(),
  roundTrip: roundTripSchema,
  jitter: jitterVerdict,
  loss: lossSchema.optional(),
  /** From `to` to `from`, up the tiers; only where it is limited. */
  rate: rateSchema.optional(),
  /** From `from` to `to`. */
  rateDown: rateSchema.optional(),
  /** Times that it was measured: 2 where the first time was off. */
  tries: z.int().optional(),
});

export type LinkCheck = z.infer<typeof linkCheckSchema>;
export type RoundTripCheck = LinkCheck["roundTrip"];
export type LossCheck = NonNullable<LinkCheck["loss"]>;
export type RateCheck = NonNullable<LinkCheck["rate"]>;
export type Verdict = (typeof verdicts)[number];

const partsOf = ({ roundTrip, jitter, loss, rate, rateDown }: LinkCheck): [string, Verdict | undefined][] => [
  ["round trip", roundTrip.verdict],
  ["jitter", jitter],
  ["loss", loss?.verdict],
  ["rate down", rateDown?.verdict],
  ["rate up", rate?.verdict],
];

const withVerdict = (check: LinkCheck, wanted: Verdict): string[] =>
  partsOf(check)
    .filter(([, verdict]) => verdict === wanted)
    .map(([name]) => name);

/** What of a link is off, by name. */
export const offParts = (check: LinkCheck): string[] => withVerdict(check, "off");

/** "cloud-edge: round trip, loss" for every link that is off. */
export const offLinks = (checks: readonly LinkCheck[]): string[] => linksWith(checks, "off");

/** The same for what could not be measured: it may be right or wrong. */
export const unmeasuredLinks = (checks: readonly LinkCheck[]): string[] => linksWith(checks, "not measured");

function linksWith(checks: readonly LinkCheck[], verdict: Verdict): string[] {
  return checks.flatMap((check) => {
    const parts = withVerdict(check, verdict);
    return parts.length === 0 ? [] : [`${check.link}: ${parts.join(", ")}`];
  });
}
