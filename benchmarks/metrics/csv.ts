/**
 * Reads comma-separated values with a header line (RFC 4180: quoted cells may hold commas, line breaks and doubled
 * quotes). A last line without its line break is left out: the writer was cut off in it.
 * @returns one object a row, by column name. @throws Error naming the row whose number of cells differs from the header's.
 */
export function parseCsv(text: string): Record<string, string>[] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let quoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const character = text[i] ?? "";
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text[i + 1] === '"') {
        cell += '"';
        i += 1;
      } else quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === "," || character === "\n") {
      row.push(cell);
      cell = "";
      if (character === "\n") {
        rows.push(row);
        row = [];
      }
    } else cell += character;
  }
  const [header = [], ...data] = rows;
  return data.map((cells, position) => {
    if (cells.length !== header.length) {
      throw new Error(`row ${position + 1} has ${cells.length} cells, the header has ${header.length}`);
    }
    return Object.fromEntries(header.map((column, i) => [column, cells[i] ?? ""]));
  });
}

/** Numbers are written with at most 3 decimals (1 us for times in ms); undefined as an empty cell. */
export function formatCsv(
  columns: readonly string[],
  rows: readonly (string | number | boolean | undefined)[][],
): string {
  const lines = rows.map((row) => row.map(formatCell).join(","));
  return [columns.join(","), ...lines].map((line) => `${line}\n`).join("");
}

function formatCell(cell: string | number | boolean | undefined): string {
  if (cell === undefined) return "";
  if (typeof cell === "boolean") return cell ? "1" : "0";
  if (typeof cell === "number") return String(Math.round(cell * 1000) / 1000);
  return /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
