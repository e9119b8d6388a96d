import { z } from "zod";

/** A taint as the API has it; what else it carries (timeAdded) is passed on. */
export const taintsShape = z.array(
  z.looseObject({ key: z.string(), value: z.string().optional(), effect: z.string() }),
);

export type Taint = z.infer<typeof taintsShape>[number];

/** "key=value:Effect", as kubectl writes it. */
export function taintText({ key, value = "", effect }: Taint): string {
  return value === "" ? `${key}:${effect}` : `${key}=${value}:${effect}`;
}

export function parseTaint(text: string): Taint {
  const at = text.lastIndexOf(":");
  const [key = "", value] = text.slice(0, at).split("=");
  const effect = text.slice(at + 1);
  return value === undefined || value === "" ? { key, effect } : { key, value, effect };
}

/** A node's taints with the wanted ones, without those wanted before; the cluster's own stay. */
export function mergedTaints(
  current: readonly Taint[],
  wanted: readonly string[] = [],
  before: readonly string[] = [],
): Taint[] {
  // One key may have each effect once.
  const identity = ({ key, effect }: Taint) => `${key}:${effect}`;
  const ours = new Set([...wanted, ...before].map((text) => identity(parseTaint(text))));
  return [...current.filter((taint) => !ours.has(identity(taint))), ...wanted.map(parseTaint)];
}
