import type { Cost } from "./scale.ts";

const width = 640;
const height = 300;
const left = 60;
const bottom = 250;
const top = 30;
const right = 620;

/** Processor time a machine over the number of machines (logarithmic), as SVG. */
export function scalePlot(costs: readonly Cost[]): string {
  const most = Math.max(...costs.map(({ pluginMs, libvirtdMs }) => pluginMs + libvirtdMs));
  const ceiling = Math.ceil(most / 5) * 5;
  const [first, last] = [Math.log10(costs[0]?.machines ?? 1), Math.log10(costs.at(-1)?.machines ?? 10)];
  const x = (machines: number): number => left + ((Math.log10(machines) - first) / (last - first)) * (right - left);
  const y = (ms: number): number => bottom - (ms / ceiling) * (bottom - top);
  const text = (at: number, down: number, words: string, anchor = "middle"): string =>
    `<text x="${at.toFixed(0)}" y="${down.toFixed(0)}" text-anchor="${anchor}" font-size="12">${words}</text>`;
  const line = (colour: string, value: (cost: Cost) => number): string =>
    `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${costs
      .map((cost) => `${x(cost.machines).toFixed(1)},${y(value(cost)).toFixed(1)}`)
      .join(" ")}"/>`;
  const ticks = [0, ceiling / 2, ceiling].map(
    (ms) =>
      `<line x1="${left}" x2="${right}" y1="${y(ms)}" y2="${y(ms)}" stroke="#ddd"/>${text(left - 6, y(ms) + 4, String(ms), "end")}`,
  );
  return [
    `<svg role="img" aria-label="Processor time a machine, by number of machines" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...ticks,
    ...costs.map(({ machines }) => text(x(machines), bottom + 18, String(machines))),
    text((left + right) / 2, bottom + 40, "machines"),
    text(left, top - 12, "processor time a machine, ms: plugin and libvirtd (black), plugin alone (blue)", "start"),
    line("#222", ({ pluginMs, libvirtdMs }) => pluginMs + libvirtdMs),
    line("#06c", ({ pluginMs }) => pluginMs),
    "</svg>\n",
  ].join("\n");
}
