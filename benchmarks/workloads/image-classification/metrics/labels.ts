import { measured } from "./join.ts";
import type { Photo } from "./join.ts";

export interface Accuracy {
  /** Answered photos whose content is known. */
  known: number;
  /** Of those, answered with a label that counts as right. */
  right: number;
  /** Each photo that was answered wrongly at least once, with the label given; the first 200. */
  wrong: { photo: string; label: string; accepted: string[] }[];
}

/** Labels come from the machines: how many different ones there are is not theirs to say. */
const mostWrong = 200;

/** @param catalogue accepted labels by photo file; none where the content is not known. */
export function labelAccuracy(photos: readonly Photo[], catalogue: ReadonlyMap<string, readonly string[]>): Accuracy {
  const wrong = new Map<string, Accuracy["wrong"][number]>();
  let known = 0;
  let right = 0;
  for (const { photo, label } of measured(photos)) {
    const accepted = catalogue.get(photo) ?? [];
    if (label === undefined || accepted.length === 0) continue;
    known += 1;
    if (accepted.includes(label)) right += 1;
    else if (wrong.size < mostWrong) wrong.set(`${photo} ${label}`, { photo, label, accepted: [...accepted] });
  }
  return { known, right, wrong: [...wrong.values()] };
}
