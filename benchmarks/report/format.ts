/** A figure with as many digits as mean something: 1234, 123.4, 12.3, 1.23, 0.12. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  const text = value.toFixed(size >= 1000 ? 0 : size >= 10 ? 1 : 2);
  return text === "-0.00" ? "0.00" : text;
}

/** "293.4 ± 0.20": a figure with the clocks' uncertainty; without one, the figure alone. */
export function withUncertainty(value: number, uncertainty: number | undefined): string {
  return uncertainty === undefined ? figure(value) : `${figure(value)} ± ${figure(uncertainty)}`;
}

export const interval = ({ low, high }: { low: number; high: number }): string => `${figure(low)} … ${figure(high)}`;

export const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;

/** Text safe inside HTML and SVG, also in quoted attributes. */
export function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
