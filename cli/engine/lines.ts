import type { Of, Tell } from "../../events/event.ts";
import { visible } from "../../providers/kit/plain/printable.ts";
import type { Summary } from "./engineEvent.ts";
import { planText } from "./plan.ts";
import { diagnosticsText, summaryText } from "./summary.ts";
import { columns, endedText, nameOf, wholeName } from "./words.ts";

/** What is waited for is written at most this often, a part of a machine. */
const newsIntervalMs = 10_000;

/** How an operation of the engine goes, for people: a line a machine and step, in the end what was said and a summary. */
export class EngineLines {
  readonly #write: (text: string) => unknown;
  readonly #begun = performance.now();
  readonly #planned: Of<"planned">[] = [];
  readonly #said: Of<"message">[] = [];
  readonly #newsAt = new Map<string, number>();

  readonly #isPreview: boolean;

  constructor(isPreview: boolean, write: (text: string) => unknown = (text) => process.stdout.write(text)) {
    this.#isPreview = isPreview;
    this.#write = write;
  }

  readonly tell: Tell = (told) => {
    switch (told.kind) {
      case "started":
        // The wait for the first news begins.
        this.#newsAt.set(wholeName(told.item), performance.now());
        return;
      case "progress":
        this.#news(told);
        return;
      case "ended":
        this.#line(endedText(told));
        return;
      case "planned":
        this.#planned.push(told);
        return;
      case "message":
        this.#said.push(told);
        // A preview is over soon, and says it then.
        if (told.severity !== "info" && !this.#isPreview) {
          const { name, part } = told.item === undefined ? {} : { name: nameOf(told.item), part: told.item.part };
          this.#line(columns(name, part, `${told.severity}: ${told.text.split("\n")[0] ?? ""}`));
        }
    }
  };

  /** @param summary undefined where the engine did not get that far: then it has said why. */
  end(summary: Summary | undefined, failed: number): void {
    this.#write(visible(planText(this.#planned)));
    this.#write(visible(diagnosticsText(this.#said)));
    if (summary !== undefined) this.#write(summaryText(summary, failed, this.#isPreview));
  }

  #news({ item, text }: Of<"progress">): void {
    const key = wholeName(item);
    const now = performance.now();
    if (now - (this.#newsAt.get(key) ?? 0) < newsIntervalMs) return;
    this.#newsAt.set(key, now);
    this.#line(columns(nameOf(item), item.part, text.split("\n")[0]));
  }

  #line(text: string): void {
    const seconds = ((performance.now() - this.#begun) / 1000).toFixed(0).padStart(4);
    this.#write(`[${seconds} s] ${visible(text)}\n`);
  }
}
