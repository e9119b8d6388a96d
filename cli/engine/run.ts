import { StringDecoder } from "node:string_decoder";
import type { Tell } from "../../events/event.ts";
import { previewVariables } from "../../setup/pulumi/environment.ts";
import { runPulumi } from "../pulumi/run.ts";
import { EngineLines } from "./lines.ts";
import { Translator } from "./translate.ts";
import { withJournalIfLarge } from "../journal/large.ts";

/** Boots wait for machines, not for this process: many at once cost nothing. */
export const parallel = ["--parallel", "64"];

/** How an operation of the engine ended. */
export interface Ended {
  exitStatus: number;
  /** By what happened to them; absent where the engine did not get that far. */
  resources?: Record<string, number>;
}

/**
 * Runs an operation of the engine and shows it by machines and links.
 *
 * @param args the operation, its stack and the user's consent.
 * @param tell told what happens, in place of showing it.
 */
export async function runEngine(args: string[], isPreview: boolean, tell: Tell | undefined): Promise<Ended> {
  const lines = tell === undefined ? new EngineLines(isPreview) : undefined;
  const translator = new Translator(tell ?? lines?.tell ?? (() => undefined), isPreview);
  const variables = isPreview ? { ...previewVariables, PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true" } : {};
  const output = new LineReader((line) => {
    translator.line(line);
  });
  const run = (more: Record<string, string>): Promise<number> =>
    runPulumi([...args, ...parallel, "--json"], { ...variables, ...more }, output);
  const exitStatus = isPreview ? await run({}) : await withJournalIfLarge(args, run);
  output.end();
  lines?.end(translator.summary, translator.failed);
  const resources = translator.summary?.resourceChanges;
  return { exitStatus, ...(resources ? { resources } : {}) };
}

/** Takes what a program prints in pieces and hands it on in lines. */
class LineReader {
  readonly #onLine: (line: string) => void;
  readonly #decoder = new StringDecoder();
  #rest = "";

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  write(piece: Buffer): void {
    const lines = (this.#rest + this.#decoder.write(piece)).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#onLine(line);
  }

  end(): void {
    if (this.#rest !== "") this.#onLine(this.#rest);
    this.#rest = "";
  }
}
