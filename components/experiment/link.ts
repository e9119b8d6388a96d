import type { LinkShape } from "./linkShape.ts";
import { tierNames, type TierName } from "./tier.ts";
import type { ShapeArgs } from "./writtenShape.ts";

export type { LinkShape } from "./linkShape.ts";

/** The pairs of tiers, each in tier order; a tier with itself is the link between its machines. */
export const linkNames = [
  "cloud-cloud",
  "cloud-edge",
  "cloud-endpoint",
  "edge-edge",
  "edge-endpoint",
  "endpoint-endpoint",
] as const;

export type LinkName = (typeof linkNames)[number];

/**
 * A link both ways: what it does to packets that go down the tiers (cloud to edge to endpoint) and, where that differs,
 * to those that go up. A round trip takes the latency of both ways.
 */
export interface LinkSpec extends LinkShape {
  up?: LinkShape;
}

/** Rates that all of a machine's links share: what it sends and what it receives, in 10^6 bit/s. Absent: unlimited. */
export interface AccessRates {
  upMbit?: number;
  downMbit?: number;
}

/** What differs on one machine's links: fields for both directions, and those of one. */
export interface MachineOverride {
  both: ShapeArgs;
  up: ShapeArgs;
  down: ShapeArgs;
  access: AccessRates;
}

/** How far a measured link may be from the wanted one, see benchmarks/network/judge.ts. */
export interface Tolerances {
  /** Of the round trip's mean: the larger of both counts. */
  latencyMs: number;
  latencyPercent: number;
  /** Of the round trip's standard deviation: the larger of both counts. */
  jitterMs: number;
  jitterPercent: number;
  /** Of the rate, below and above. */
  ratePercent: number;
}

/** The emulated network. A link that is not named is not emulated. */
export interface LinksSpec extends Partial<Record<LinkName, LinkSpec>> {
  /** By tier, for each of its machines. */
  access?: Partial<Record<TierName, AccessRates>>;
  /** By the machine's name. */
  machines?: Record<string, MachineOverride>;
  tolerance?: Tolerances;
}

/** The tiers of a link, in tier order. */
export function linkTiers(name: LinkName): [TierName, TierName] {
  const [from, to] = name.split("-") as [TierName, TierName];
  return [from, to];
}

/** The link between two tiers, whichever is named first. */
export function linkBetween(a: TierName, b: TierName): LinkName {
  const ordered = tierNames.indexOf(a) <= tierNames.indexOf(b) ? [a, b] : [b, a];
  return ordered.join("-") as LinkName;
}

/** Where packets from one tier to another go; level: between machines of one tier. */
export function directionOf(from: TierName, to: TierName): "up" | "down" | "level" {
  const step = tierNames.indexOf(to) - tierNames.indexOf(from);
  return step === 0 ? "level" : step > 0 ? "down" : "up";
}

/** "endpoint-cloud" is another way to write "cloud-endpoint"; undefined when there is only one way. */
export function reversedLinkName(name: string): string | undefined {
  const [a, b, rest] = name.split("-");
  const isTier = (word: string | undefined): boolean => tierNames.some((tier) => tier === word);
  return !isTier(a) || !isTier(b) || rest !== undefined || a === b ? undefined : `${String(b)}-${String(a)}`;
}

/** A machine's tier and index, from its name "endpoint-3". */
export function parseMachineName(name: string): { tier: TierName; index: number } | undefined {
  const [, tier, index] = /^([a-z]+)-(0|[1-9]\d*)$/.exec(name) ?? [];
  const known = tierNames.find((one) => one === tier);
  return known === undefined ? undefined : { tier: known, index: Number(index) };
}
