import { z } from "zod";
import type { NetemSettings } from "./netem.ts";

/** What `tc -j qdisc show` says of a netem (iproute2 6.1, tc/q_netem.c); what is 0 is left out. */
export const netemOptions = z.object({
  limit: z.number().optional(),
  delay: z.object({ delay: z.number(), jitter: z.number(), correlation: z.number() }).optional(),
  "loss-random": z.object({ loss: z.number() }).optional(),
  "loss-gemodel": z.object({ p: z.number(), r: z.number(), "1-h": z.number(), "1-k": z.number() }).optional(),
  duplicate: z.object({ duplicate: z.number() }).optional(),
  corrupt: z.object({ corrupt: z.number() }).optional(),
  reorder: z.object({ reorder: z.number() }).optional(),
  rate: z.object({ rate: z.number() }).optional(),
});

/** The settings that a printed netem has. */
export function printedSettings({ options }: { options?: z.infer<typeof netemOptions> | undefined }): NetemSettings {
  const model = options?.["loss-gemodel"];
  const losses = model ? [model.p, model.r, model["1-h"], model["1-k"]] : [options?.["loss-random"]?.loss ?? 0];
  return {
    limit: options?.limit ?? 0,
    delayUs: (options?.delay?.delay ?? 0) * 1e6,
    jitterUs: (options?.delay?.jitter ?? 0) * 1e6,
    correlationPercent: (options?.delay?.correlation ?? 0) * 100,
    lossPercents: losses.map((share) => share * 100),
    corruptPercent: (options?.corrupt?.corrupt ?? 0) * 100,
    reorderPercent: (options?.reorder?.reorder ?? 0) * 100,
    rateBit: (options?.rate?.rate ?? 0) * 8,
  };
}

/** How far what is printed may be from what was told: a fixed part, for what the kernel rounds to; tc prints six digits. */
const precision = {
  // Ticks of 64 ns, printed in whole microseconds, cut off.
  delayUs: 1.1,
  jitterUs: 1.1,
  // 2^-32, and written to a millionth.
  correlationPercent: 1e-6,
  lossPercents: 1e-6,
  corruptPercent: 1e-6,
  reorderPercent: 1e-6,
  // Whole bytes a second.
  rateBit: 8,
  limit: 0,
} as const satisfies Record<keyof NetemSettings, number>;

/** A share in six digits is off by half of the last one at most: 5 in a million of the smallest number that has them. */
const digits = 6e-6;

/** Whether a netem that was told the first would be printed as the second. */
export function printsAs(told: NetemSettings, printed: NetemSettings): boolean {
  return (Object.keys(precision) as (keyof NetemSettings)[]).every((key) => {
    const [wanted, found] = [told[key], printed[key]].map((one) => (typeof one === "number" ? [one] : one));
    if (wanted?.length !== found?.length) return false;
    const share = key === "limit" || key === "rateBit" ? 0 : digits;
    return wanted?.every((one, i) => Math.abs(one - (found?.[i] ?? NaN)) <= precision[key] + share * one);
  });
}

const units = { "": 1e-6, K: 1e-3, M: 1, G: 1e3, T: 1e6 } as const;

/** The rate of a class in 10^6 bit/s, as tc writes it ("7210Kbit"; lib/utils.c); undefined where there is none. */
export function rateOf(text: string): number | undefined {
  const [, digits, unit = ""] = /\brate ([\d.]+)([KMGT]?)bit/.exec(text) ?? [];
  return digits === undefined ? undefined : Number((Number(digits) * units[unit as keyof typeof units]).toFixed(6));
}
