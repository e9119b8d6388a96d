import { largest } from "../metrics/extent.ts";

/** Columns of a terminal that a table fits. */
const lineWidth = 100;
const gap = "  ";
/** The first column names the rows in each part of a table, so the others need room beside it. */
const mostFirst = 36;
const mostOther = lineWidth - mostFirst - gap.length;

/** Lines of each cell, the header's first. */
interface Column {
  width: number;
  cells: string[][];
  left: boolean;
}

/**
 * A table of text, the first column to the left, the others to the right. Where it is wider than 100 columns, the words of
 * its header stand below each other and long cells are wrapped; what still does not fit goes on in a part below, which names
 * the rows again. A line break in a cell is a blank.
 */
export function textTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const plain = header.map((title, i) => column([title], ofColumn(rows, i, Infinity), i === 0));
  if (widthOf(plain) <= lineWidth) return draw(plain);

  const [first, ...others] = header.map((title, i) => {
    const cells = ofColumn(rows, i, i === 0 ? mostFirst : mostOther);
    const width = largest([...cells.flat(), ...title.split(" ")].map(({ length }) => length));
    // Wrapped text reads from the left.
    return column(wrapped(title, width), cells, i === 0 || cells.some(({ length }) => length > 1));
  });
  const parts: Column[][] = first && others.length === 0 ? [[first]] : [];
  for (const other of others) {
    const part = parts.at(-1);
    if (part && widthOf([...part, other]) <= lineWidth) part.push(other);
    else parts.push([...(first ? [first] : []), other]);
  }
  return parts.map(draw).join("\n");
}

const ofColumn = (rows: readonly (readonly string[])[], i: number, most: number): string[][] =>
  rows.map((row) => wrapped((row[i] ?? "").replaceAll(/\s/g, " "), most));

const column = (title: string[], cells: string[][], left: boolean): Column => ({
  width: largest([...title, ...cells.flat()].map(({ length }) => length)),
  cells: [title, ...cells],
  left,
});

const widthOf = (columns: readonly Column[]): number =>
  columns.reduce((sum, { width }) => sum + width + gap.length, -gap.length);

/** Lines of at most so many characters, broken between words, and within those that are longer. */
function wrapped(text: string, most: number): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines.at(-1) ?? "";
    const joined = last === "" ? word : `${last} ${word}`;
    if (joined.length <= most) {
      lines[lines.length - 1] = joined;
      continue;
    }
    const pieces = word.length <= most ? [word] : (word.match(new RegExp(`.{1,${most}}`, "gu")) ?? []);
    lines.splice(last === "" ? -1 : lines.length, last === "" ? 1 : 0, ...pieces);
  }
  return lines;
}

function draw(columns: readonly Column[]): string {
  const rows = columns[0]?.cells.length ?? 0;
  const lines: string[] = [];
  for (let row = 0; row < rows; row += 1) {
    const height = largest(columns.map(({ cells }) => cells[row]?.length ?? 0));
    for (let line = 0; line < height; line += 1) {
      const texts = columns.map(({ width, cells, left }) => {
        const cell = cells[row] ?? [];
        // A short header stands at the bottom, on its rule.
        const text = cell[row === 0 ? line - height + cell.length : line] ?? "";
        return left ? text.padEnd(width) : text.padStart(width);
      });
      lines.push(texts.join(gap));
    }
    if (row === 0) lines.push(columns.map(({ width }) => "─".repeat(width)).join(gap));
  }
  return lines.map((text) => `${text.trimEnd()}\n`).join("");
}
