import { closeSync, openSync, readSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import { csvRows, type Row } from "../metrics/csv.ts";

/** Read at once: enough to be fast, little enough to be small. */
const bytesAtOnce = 1 << 20;

/** The rows of a file, however long it is. @throws Error of the file system, or naming the row that is damaged. */
export const rowsIn = (file: string): Generator<Row> => csvRows(piecesOf(file));

function* piecesOf(file: string): Generator<string> {
  const descriptor = openSync(file, "r");
  const decoder = new StringDecoder("utf8");
  const bytes = Buffer.alloc(bytesAtOnce);
  try {
    for (let read = readSync(descriptor, bytes); read > 0; read = readSync(descriptor, bytes)) {
      yield decoder.write(bytes.subarray(0, read));
    }
  } finally {
    closeSync(descriptor);
  }
}
