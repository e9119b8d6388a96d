import { createHash } from "node:crypto";
import type { TierName } from "../experiment/tier.ts";

/** What a machine is called everywhere: tier and index, so that its name never depends on the other machines. */
export function machineName(tier: TierName, index: number): string {
  return `${tier}-${index}`;
}

/** A name that is of one place only: "lab@1f2e3d4c". */
export function placedName(name: string, place = ""): string {
  return place === "" ? name : `${name}@${place}`;
}

/** 32 bits of a stack's name, evenly spread. */
export function stackHash(stack: string): number {
  return createHash("sha256").update(stack).digest().readUInt32BE(0);
}
