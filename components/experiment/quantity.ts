import { z } from "zod";
import { kinds, parseQuantity, quantityPattern, type QuantityKind, type Written } from "./units.ts";

interface QuantityOptions<W extends string> {
  /** Shown by editors. */
  description: string;
  examples: string[];
  /** Words accepted instead of a quantity, with the value they stand for. */
  words?: Record<W, number>;
}

/**
 * A field written with its unit and read as a number in the kind's inner unit. The zod type accepts any value and
 * judges it itself, so that a bare number gets the advice to add a unit rather than "expected string".
 */
export function quantity<K extends QuantityKind, W extends string = never>(
  kind: K,
  { description, examples, words }: QuantityOptions<W>,
): z.ZodType<number, Written<K> | W> {
  const known: Record<string, number> = words ?? {};
  const schema = z.unknown().transform((raw, context): number => {
    if (typeof raw === "string" && Object.hasOwn(known, raw)) return known[raw] ?? 0;
    if (raw === undefined) {
      const fix = `add it, for example "${examples[0] ?? kinds[kind].suggest}"`;
      context.issues.push({ code: "custom", input: raw, message: `a ${kinds[kind].noun} is missing`, params: { fix } });
      return z.NEVER;
    }
    const parsed = parseQuantity(kind, raw);
    if (parsed.ok) return parsed.value;
    // Without a digit it was meant as a word.
    const meant = typeof raw === "string" && !/\d/.test(raw) ? Object.keys(known) : [];
    const fix = [parsed.fix, ...meant.map((word) => `"${word}"`)].join(" or ");
    context.issues.push({ code: "custom", input: raw, message: parsed.reason, params: { fix } });
    return z.NEVER;
  });
  const pattern =
    quantityPattern(kind) +
    Object.keys(known)
      .map((word) => `|^${word}$`)
      .join("");
  return schema.meta({ type: "string", pattern, description, examples }) as unknown as z.ZodType<
    number,
    Written<K> | W
  >;
}
