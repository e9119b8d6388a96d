/** Processors in the kernel's notation, "0-1,3". */
export const cpuSetPattern = /^\d{1,4}(-\d{1,4})?(,\d{1,4}(-\d{1,4})?)*$/;

/** Their numbers, ascending. A range that runs backwards holds none. */
export function parseCpuSet(text: string): number[] {
  const numbers = text.split(",").flatMap((part) => {
    const [first = 0, last = first] = part.split("-").map(Number);
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
  });
  return [...new Set(numbers)].sort((a, b) => a - b);
}

/** As libvirt writes them: "0-1,3". */
export function formatCpuSet(numbers: readonly number[]): string {
  const ranges: { first: number; last: number }[] = [];
  for (const number of numbers) {
    const open = ranges.at(-1);
    if (open?.last === number - 1) open.last = number;
    else ranges.push({ first: number, last: number });
  }
  return ranges.map(({ first, last }) => (first === last ? String(first) : `${first}-${last}`)).join(",");
}

/** As libvirt's calls take them: a bit for each processor of the host, the lowest first. */
export function cpuMap(numbers: readonly number[]): Buffer {
  const map = Buffer.alloc(Math.floor(Math.max(0, ...numbers) / 8) + 1);
  for (const number of numbers) map[number >> 3] = (map[number >> 3] ?? 0) | (1 << (number & 7));
  return map;
}
