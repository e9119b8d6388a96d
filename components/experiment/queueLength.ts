import { z } from "zod";
import { parseQuantity, quantityPattern } from "./units.ts";

/** A queue's length, as time at the link's rate or as a number of packets. */
export type QueueLength = { ms: number } | { packets: number };

const packets = /^(\d+) *packets?$/;

/** More would hold a gigabyte. */
const mostPackets = 1_000_000;

/** A field that takes "50 ms" or "100 packets". */
export function queueField({
  description,
  examples,
}: {
  description: string;
  examples: string[];
}): z.ZodType<QueueLength, string> {
  const schema = z.unknown().transform((raw, context): QueueLength => {
    const [, digits] = packets.exec(typeof raw === "string" ? raw.trim() : "") ?? [];
    const count = Number(digits);
    if (digits !== undefined && count >= 1 && count <= mostPackets) return { packets: count };
    const time = parseQuantity("latency", raw);
    if (digits === undefined && time.ok && time.value > 0) return { ms: time.value };
    const message =
      digits === undefined ? `${JSON.stringify(raw)} is not a queue length` : `"${String(raw)}" can't be set up`;
    const fix = digits === undefined ? 'write for example "50 ms" or "100 packets"' : `use 1 to ${mostPackets} packets`;
    context.issues.push({ code: "custom", input: raw, message, params: { fix } });
    return z.NEVER;
  });
  const pattern = `${quantityPattern("latency")}|^\\d+ *packets?$`;
  return schema.meta({ type: "string", pattern, description, examples }) as unknown as z.ZodType<QueueLength, string>;
}
