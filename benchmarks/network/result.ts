import { z } from "zod";

/**
 * ok: within the tolerance; off: outside; not measured: `note` says why. Never ends a run: a busy host makes a round trip
 * look long, and the reader sees both figures.
 */
export const verdicts = ["ok", "off", "not measured"] as const;

const roundTripSchema = z.strictObject({
  /** Twice the link's one-way latency, in ms. */
  wantedMs: z.number(),
  /** Mean of the pings less the floor, in ms. */
  measuredMs: z.number().optional(),
  /** What the machines and the bridge take without any shaping, in ms: both machines' round trips to the host. */
  floorMs: z.number().optional(),
  /** Standard deviation of the pings, in ms; wanted is sqrt(2) times the link's jitter. */
  wantedSdMs: z.number(),
  measuredSdMs: z.number().optional(),
  lossPercent: z.number().optional(),
  verdict: z.enum(verdicts),
  note: z.string().optional(),
});

const rateSchema = z.strictObject({
  /** In 10^6 bit/s, as the link's rate. */
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
  /** Only links with a limited rate. */
  rate: rateSchema.optional(),
});

export type LinkCheck = z.infer<typeof linkCheckSchema>;
export type RoundTripCheck = LinkCheck["roundTrip"];
export type RateCheck = NonNullable<LinkCheck["rate"]>;
export type Verdict = (typeof verdicts)[number];
