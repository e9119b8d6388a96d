import { escape } from "../format.ts";

/** HTML that is already safe, told apart from text that is not. */
export interface Html {
  html: string;
}

export const raw = (html: string): Html => ({ html });
const safe = (part: string | Html): string => (typeof part === "string" ? escape(part) : part.html);

/** Longer cells are broken into lines; figures and names are not. */
const longCell = 24;
/** Tables of more columns are set closer. */
const manyColumns = 9;

const cellTag = (cell: string | Html): string => {
  const long = (typeof cell === "string" ? cell : cell.html.replaceAll(/<[^>]*>/g, "")).length > longCell;
  return `<td${long ? ' class="text"' : ""}>${safe(cell)}</td>`;
};

/** A table in a box of its own, which scrolls where the page is too narrow for it. */
export function htmlTable(header: readonly string[], rows: readonly (readonly (string | Html)[])[]): string {
  const head = header.map((title) => `<th>${escape(title)}</th>`).join("");
  const body = rows.map((row) => `<tr>${row.map(cellTag).join("")}</tr>`).join("\n");
  const dense = header.length > manyColumns ? ' class="dense"' : "";
  return `<div class="wide"><table${dense}><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table></div>`;
}

export function section(title: string, caption: string, content: string): string {
  return `<section><h2>${escape(title)}</h2>\n<p class="caption">${escape(caption)}</p>\n${content}\n</section>`;
}

export function definitions(entries: readonly (readonly [string, string])[]): string {
  return `<dl>${entries.map(([term, text]) => `<dt>${escape(term)}</dt><dd>${escape(text)}</dd>`).join("\n")}</dl>`;
}
