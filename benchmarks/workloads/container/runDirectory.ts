import { appendFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RoleResult, RoleState } from "./protocol.ts";

export type Cell = string | number | undefined;

const quote = (cell: Cell): string => {
  if (cell === undefined) return "";
  if (typeof cell === "number") return String(Math.round(cell * 1000) / 1000);
  return /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
};

/** Writes one role's files in the run directory. Samples are kept in memory for at most `flushMs`, so a kill loses no more. */
export class RunDirectory {
  readonly #prefix: string;
  readonly #timer: NodeJS.Timeout;
  #rows: string[] = [];
  #state: RoleState = { state: "starting", detail: "starting" };
  #stateWritten = "";

  constructor(directory: string, role: string, columns: readonly string[], flushMs = 1000) {
    this.#prefix = join(directory, role);
    writeFileSync(`${this.#prefix}.csv`, `${columns.join(",")}\n`);
    this.flush();
    this.#timer = setInterval(() => {
      this.flush();
    }, flushMs);
    this.#timer.unref();
  }

  sample(cells: readonly Cell[]): void {
    this.#rows.push(cells.map(quote).join(","));
  }

  /** Progress within a state waits for the next flush; a new state is written at once, since the runner waits for it. */
  state(state: RoleState): void {
    const changed = state.state !== this.#state.state;
    this.#state = state;
    if (changed) this.flush();
  }

  flush(): void {
    if (this.#rows.length > 0) {
      appendFileSync(`${this.#prefix}.csv`, `${this.#rows.join("\n")}\n`);
      this.#rows = [];
    }
    const text = JSON.stringify(this.#state);
    if (text !== this.#stateWritten) {
      this.#replace(`${this.#prefix}.state.json`, text);
      this.#stateWritten = text;
    }
  }

  end(result: RoleResult): void {
    clearInterval(this.#timer);
    this.#state = { ...this.#state, state: "ended", detail: result.reason ?? result.outcome };
    this.flush();
    this.#replace(`${this.#prefix}.result.json`, `${JSON.stringify(result, null, 2)}\n`);
  }

  /** A reader never sees half a file. */
  #replace(file: string, text: string): void {
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  }
}
