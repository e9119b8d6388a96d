export type Row = Record<string, string>;

/**
 * Reads comma-separated values with a header line (RFC 4180: quoted cells may hold commas, line breaks and doubled
 * quotes), a row at a time, from text that comes in pieces. A last line without its line break is left out: the writer was
 * cut off in it.
 * @returns one object a row, by column name. @throws Error naming the row whose number of cells differs from the header's.
 */
export function* csvRows(pieces: Iterable<string>): Generator<Row> {
  let header: string[] | undefined;
  let position = 0;
  for (const record of records(pieces)) {
    const cells = cellsOf(record);
    if (header === undefined) {
      header = cells;
      continue;
    }
    position += 1;
    if (cells.length !== header.length) {
      throw new Error(`row ${position} has ${cells.length} cells, the header has ${header.length}`);
    }
    const row: Row = {};
    header.forEach((column, i) => {
      row[column] = cells[i] ?? "";
    });
    yield row;
  }
}

/** All rows of a text. @throws as csvRows does. */
export const parseCsv = (text: string): Row[] => Array.from(csvRows([text]));

/** Lines, those joined between which a quoted cell goes on. */
function* records(pieces: Iterable<string>): Generator<string> {
  let rest = "";
  for (const piece of pieces) {
    const text = rest + piece;
    let from = 0;
    let quoted = false;
    let quote = text.indexOf('"');
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", end + 1)) {
      for (; quote >= 0 && quote < end; quote = text.indexOf('"', quote + 1)) quoted = !quoted;
      if (quoted) continue;
      yield text.slice(from, end);
      from = end + 1;
    }
    rest = text.slice(from);
  }
}

function cellsOf(record: string): string[] {
  if (!record.includes('"')) return record.split(",");
  const cells: string[] = [];
  let cell = "";
  let quoted = false;
  for (let i = 0; i < record.length; i += 1) {
    const character = record[i] ?? "";
    if (quoted) {
      if (character !== '"') cell += character;
      else if (record[i + 1] === '"') {
        cell += '"';
        i += 1;
      } else quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === ",") {
      cells.push(cell);
      cell = "";
    } else cell += character;
  }
  return [...cells, cell];
}

export type Cell = string | number | boolean | undefined;

/** Numbers are written with at most 3 decimals (1 us for times in ms); undefined as an empty cell. */
export function formatCsv(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [columns, ...rows].map(csvLine).join("");
}

/** One line of it, with its line break. */
export const csvLine = (cells: readonly Cell[]): string => `${cells.map(formatCell).join(",")}\n`;

function formatCell(cell: Cell): string {
  if (cell === undefined) return "";
  if (typeof cell === "boolean") return cell ? "1" : "0";
  if (typeof cell === "number") return String(Math.round(cell * 1000) / 1000);
  return /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
