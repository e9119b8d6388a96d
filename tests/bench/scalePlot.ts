const width = 640;
const height = 300;
const left = 60;
const bottom = 250;
const top = 30;
const right = 620;

/** Processor time a machine, by number of machines. */
export interface Line {
  /** What is drawn, and in which colour, as CSS has it. */
  name: string;
  colour: string;
  points: readonly { machines: number; ms: number }[];
}

/**
 * Processor time a machine over the number of machines (logarithmic), as SVG. A line that leaves it at the top is cut there.
 *
 * @param ceiling the most that is drawn, ms.
 */
export function scalePlot(title: string, lines: readonly Line[], ceiling: number): string {
  const sizes = [...new Set(lines.flatMap(({ points }) => points.map(({ machines }) => machines)))].sort(
    (a, b) => a - b,
  );
  const [first, last] = [Math.log10(sizes[0] ?? 1), Math.log10(sizes.at(-1) ?? 10)];
  const x = (machines: number): number => left + ((Math.log10(machines) - first) / (last - first)) * (right - left);
  const y = (ms: number): number => bottom - (ms / ceiling) * (bottom - top);
  const text = (at: number, down: number, words: string, anchor = "middle"): string =>
    `<text x="${at.toFixed(0)}" y="${down.toFixed(0)}" text-anchor="${anchor}" font-size="12">${words}</text>`;
  const ticks = [0, ceiling / 2, ceiling].map(
    (ms) =>
      `<line x1="${left}" x2="${right}" y1="${y(ms)}" y2="${y(ms)}" stroke="#ddd"/>${text(left - 6, y(ms) + 4, String(ms), "end")}`,
  );
  const drawn = lines.map(
    ({ colour, points }) =>
      `<polyline fill="none" stroke="${colour}" stroke-width="2" clip-path="url(#plot)" points="${points
        .map(({ machines, ms }) => `${x(machines).toFixed(1)},${y(ms).toFixed(1)}`)
        .join(" ")}"/>`,
  );
  const legend = lines.map(({ name, colour }) => `<tspan fill="${colour}">${name}</tspan>`).join(", ");
  return [
    `<svg role="img" aria-label="${title}" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif">`,
    `<clipPath id="plot"><rect x="${left}" y="${top}" width="${right - left}" height="${bottom - top}"/></clipPath>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...ticks,
    ...sizes.map((machines) => text(x(machines), bottom + 18, String(machines))),
    text((left + right) / 2, bottom + 40, "machines"),
    text(left, top - 12, `processor time a machine, ms: ${legend}`, "start"),
    ...drawn,
    "</svg>\n",
  ].join("\n");
}
