import { largest } from "../../metrics/extent.ts";
import type { LinkCheck, Verdict } from "../../network/result.ts";
import { escape, figure } from "../format.ts";
import type { Report } from "../schema.ts";

type TierName = Report["testbed"]["machines"][number]["tier"];

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

const width = 920;
const boxWidth = 196;
const mostMachines = 5;
const verdictColours: Readonly<Record<Verdict, string>> = { ok: "#2f9e6e", off: "#d1493f", "not measured": "#8a93a1" };
const verdictSigns: Readonly<Record<Verdict, string>> = { ok: "✓", off: "✗", "not measured": "–" };

/**
 * The testbed as a graph: tiers with their machines, and on each link the wanted values with the measured ones. Tiers lie
 * on one line, cloud to endpoint; the link that skips the tier between goes above it.
 * @param partsOn what machines of a tier do: "worker".
 */
export function testbedGraph(
  { testbed, network }: Pick<Report, "testbed" | "network">,
  partsOn: (tier: TierName) => readonly string[],
): string {
  const tiers = (["cloud", "edge", "endpoint"] as const).filter((tier) =>
    testbed.machines.some((machine) => machine.tier === tier),
  );
  const rows = largest(tiers.map((tier) => machineLines(tier, testbed.machines).length));
  const height = 60 + rows * 20;
  const skips = tiers.length === 3;
  const top = skips ? 132 : 24;
  const gap = tiers.length === 1 ? 0 : (width - 8 - tiers.length * boxWidth) / (tiers.length - 1);
  const boxes = new Map<TierName, Box>(
    tiers.map((tier, i) => [tier, { x: 4 + i * (boxWidth + gap), y: top, width: boxWidth, height }]),
  );
  const links = testbed.links.map((link) => {
    const check = network.find((one) => one.link === link.name);
    return drawLink(link, check, boxes.get(link.from), boxes.get(link.to), gap);
  });
  const drawn = tiers.map((tier) => drawTier(tier, boxes.get(tier) as Box, testbed, partsOn(tier)));
  const inner = testbed.links.some((link) => link.from === link.to) ? 62 : 0;
  const total = top + height + inner + 12;
  return `<svg role="img" aria-label="The testbed and its links" viewBox="0 0 ${width} ${total}" width="${width}" height="${total}" xmlns="http://www.w3.org/2000/svg" font-family="system-ui, sans-serif">${links.join("")}${drawn.join("")}</svg>`;
}

type Machines = Report["testbed"]["machines"];

function machineLines(tier: TierName, machines: Machines): string[] {
  const own = machines.filter((machine) => machine.tier === tier);
  const lines = own.slice(0, mostMachines).map(({ name, address }) => `${name}  ${address}`);
  return own.length > mostMachines ? [...lines, `and ${own.length - mostMachines} more`] : lines;
}

function drawTier(tier: TierName, box: Box, { machines }: Report["testbed"], parts: readonly string[]): string {
  const first = machines.find((machine) => machine.tier === tier);
  const size = first ? `${figureOf(first.cpus)} CPU, ${(first.memoryMiB / 1024).toFixed(1)} GiB` : "";
  const subtitle = [size, ...parts].filter(Boolean).join(" · ");
  const lines = machineLines(tier, machines).map(
    (line, i) =>
      `<text x="${box.x + 14}" y="${box.y + 66 + i * 20}" font-size="12" fill="#3b4452">${escape(line)}</text>`,
  );
  return [
    `<rect x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" rx="10" fill="#ffffff" stroke="#c9cfd8"/>`,
    `<text x="${box.x + 14}" y="${box.y + 25}" font-size="15" font-weight="650" fill="#1f2937">${tier}</text>`,
    `<text x="${box.x + 14}" y="${box.y + 44}" font-size="12" fill="#5b6472">${escape(subtitle)}</text>`,
    ...lines,
  ].join("");
}

const figureOf = (value: number): string => String(Math.round(value * 100) / 100);

function drawLink(
  link: Report["testbed"]["links"][number],
  check: LinkCheck | undefined,
  from: Box | undefined,
  to: Box | undefined,
  gap: number,
): string {
  if (!from || !to) return "";
  const neighbours = to.x - from.x < boxWidth + gap + 1;
  const texts = linkTexts(link, check, neighbours && link.from !== link.to);
  if (link.from === link.to) return label(from.x + from.width / 2, from.y + from.height + 34, texts, "within");
  if (neighbours) {
    const y = from.y + from.height / 2;
    return line(`M${from.x + from.width} ${y} H${to.x}`) + label((from.x + from.width + to.x) / 2, y, texts, "");
  }
  const [start, end, above] = [from.x + from.width / 2, to.x + to.width / 2, 50];
  const path = `M${start} ${from.y} V${above + 14} Q${start} ${above} ${start + 14} ${above} H${end - 14} Q${end} ${above} ${end} ${above + 14} V${to.y}`;
  return line(path) + label((start + end) / 2, above, texts, "");
}

const line = (path: string): string => `<path d="${path}" fill="none" stroke="#9aa7bb" stroke-width="2"/>`;

interface LinkText {
  text: string;
  colour: string;
}

/** What the link shall do first (in one line, or one for each value where it is narrow), what was measured below. */
function linkTexts(
  link: Report["testbed"]["links"][number],
  check: LinkCheck | undefined,
  narrow: boolean,
): LinkText[] {
  const wanted = [
    `${figureOf(link.latencyMs)}${link.jitterMs > 0 ? ` ± ${figureOf(link.jitterMs)}` : ""} ms`,
    ...(link.rateMbit === undefined ? [] : [`${figureOf(link.rateMbit)} Mbit/s`]),
    ...(link.lossPercent > 0 ? [`loss ${figureOf(link.lossPercent)} %`] : []),
  ];
  const lines = narrow ? wanted : [wanted.join(" · ")];
  const texts = lines.map((text): LinkText => ({ text, colour: "#1f2937" }));
  if (!check) return texts;
  const { roundTrip, rate } = check;
  const measured = (text: string, verdict: Verdict): LinkText => ({
    text: `${text} ${verdictSigns[verdict]}`,
    colour: verdictColours[verdict],
  });
  if (roundTrip.measuredMs === undefined) texts.push(measured("RTT not measured", "not measured"));
  else
    texts.push(
      measured(`RTT ${figure(roundTrip.measuredMs)} of ${figureOf(roundTrip.wantedMs)} ms`, roundTrip.verdict),
    );
  if (rate?.measuredMbit !== undefined) {
    texts.push(measured(`${figure(rate.measuredMbit)} of ${figureOf(rate.wantedMbit)} Mbit/s`, rate.verdict));
  }
  return texts;
}

function label(x: number, y: number, texts: readonly LinkText[], prefix: string): string {
  const shown =
    prefix === "" ? texts : texts.map((one, i) => (i === 0 ? { ...one, text: `${prefix}: ${one.text}` } : one));
  const widest = largest(shown.map(({ text }) => text.length)) * 6.3 + 16;
  const height = shown.length * 17 + 8;
  const top = y - height / 2;
  const rows = shown.map(
    ({ text, colour }, i) =>
      `<text x="${x}" y="${top + 17 + i * 17}" font-size="12" text-anchor="middle" fill="${colour}">${escape(text)}</text>`,
  );
  return `<rect x="${x - widest / 2}" y="${top}" width="${widest}" height="${height}" rx="6" fill="#f6f8fb"/>${rows.join("")}`;
}
