import { escape } from "../format.ts";

/** HTML that is already safe, told apart from text that is not. */
export interface Html {
  html: string;
}

export const raw = (html: string): Html => ({ html });
const safe = (part: string | Html): string => (typeof part === "string" ? escape(part) : part.html);

export function htmlTable(header: readonly string[], rows: readonly (readonly (string | Html)[])[]): string {
  const head = header.map((title) => `<th>${escape(title)}</th>`).join("");
  const body = rows.map((row) => `<tr>${row.map((cell) => `<td>${safe(cell)}</td>`).join("")}</tr>`).join("\n");
  return `<table><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table>`;
}

export function section(title: string, caption: string, content: string): string {
  return `<section><h2>${escape(title)}</h2>\n<p class="caption">${escape(caption)}</p>\n${content}\n</section>`;
}

export function definitions(entries: readonly (readonly [string, string])[]): string {
  return `<dl>${entries.map(([term, text]) => `<dt>${escape(term)}</dt><dd>${escape(text)}</dd>`).join("\n")}</dl>`;
}
