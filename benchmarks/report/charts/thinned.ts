import { largest, smallest } from "../../metrics/extent.ts";

export type Point = [x: number, y: number];

/**
 * At most so many of the points, in the order they had: the lowest and the highest of each of equal stretches of x. No
 * outlier gets lost, whichever way it lies.
 * @param most at least 2.
 */
export function thinned(points: readonly Point[], most: number): Point[] {
  if (points.length <= most) return [...points];
  const stretches = Math.floor(most / 2);
  const [from, to] = [smallest(points.map(([x]) => x)), largest(points.map(([x]) => x))];
  const width = (to - from) / stretches || 1;
  const lowest = new Map<number, number>();
  const highest = new Map<number, number>();
  points.forEach(([x, y], i) => {
    const stretch = Math.min(stretches - 1, Math.floor((x - from) / width));
    const at = (found: Map<number, number>): number => points[found.get(stretch) ?? i]?.[1] ?? y;
    if (!lowest.has(stretch) || y < at(lowest)) lowest.set(stretch, i);
    if (!highest.has(stretch) || y > at(highest)) highest.set(stretch, i);
  });
  const kept = new Set([...lowest.values(), ...highest.values()]);
  return points.filter((_, i) => kept.has(i));
}
