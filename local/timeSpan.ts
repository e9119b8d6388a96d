const units = [
  ["d", 86_400],
  ["h", 3600],
  ["min", 60],
  ["s", 1],
] as const;

/** A span of time for people, by its two largest units: "8 h", "2 d 3 h", "45 s". */
export function spanText(seconds: number): string {
  let left = Math.max(0, Math.round(seconds));
  const parts = units.flatMap(([unit, size]) => {
    const count = Math.floor(left / size);
    left %= size;
    return [{ unit, count }];
  });
  const first = parts.findIndex(({ count }) => count > 0);
  const shown = parts.slice(first, first + 2).filter(({ count }) => count > 0);
  return first === -1 ? "0 s" : shown.map(({ unit, count }) => `${count} ${unit}`).join(" ");
}
