import { escape } from "../format.ts";

export interface Card {
  value: string;
  unit: string;
  title: string;
  note: string;
}

export const cards = (shown: readonly Card[]): string => `<div class="cards">${shown.map(draw).join("\n")}</div>`;

function draw({ value, unit, title, note }: Card): string {
  return `<div class="card"><span>${escape(title)}</span><b>${escape(value)}<small>${escape(unit)}</small></b><span>${escape(note)}</span></div>`;
}
