import type { Of, Tell } from "../../events/event.ts";
import { stopwatch } from "../../events/stamp.ts";
import type { Operation } from "../../events/words.ts";
import { changesOf } from "./changes.ts";
import { engineEventSchema, type EngineEvent, type Metadata, type Summary } from "./engineEvent.ts";
import { Items } from "./items.ts";

/** What the engine does, by its own words. "same" is nothing; "replace" of an update is told by its two halves. */
const doing: Readonly<Record<string, Operation>> = {
  create: "create",
  update: "update",
  delete: "delete",
  "create-replacement": "replace",
  "delete-replaced": "delete",
  read: "read",
  refresh: "refresh",
  import: "import",
};

/** The same of a preview, which tells of a replacement as a whole. */
const planning: Readonly<Record<string, Operation>> = {
  create: "create",
  update: "update",
  delete: "delete",
  replace: "replace",
  import: "import",
};

const severities: Readonly<Record<string, Of<"message">["severity"]>> = {
  info: "info",
  "info#err": "info",
  warning: "warning",
  error: "error",
};

/** Turns the engine's events into ours: machines, links and the cluster in place of resources. */
export class Translator {
  readonly #tell: Tell;
  readonly #isPreview: boolean;
  readonly #items = new Items();
  /** Operations that have begun, by resource. */
  readonly #begun = new Map<string, { seconds: () => number; operation: Operation }>();
  readonly #errors = new Map<string, string>();
  /** What the engine said at its end; undefined when it did not get there. */
  summary: Summary | undefined;
  /** Resources whose operation failed. */
  failed = 0;

  constructor(tell: Tell, isPreview: boolean) {
    this.#tell = tell;
    this.#isPreview = isPreview;
  }

  /** @param line what the engine has printed. What is none of its events is told as it is. */
  line(line: string): void {
    const event = readEvent(line);
    if (event === undefined) {
      if (line.trim() !== "") this.#tell({ kind: "message", severity: "info", text: line });
      return;
    }
    const { resourcePreEvent, resOutputsEvent, resOpFailedEvent, diagnosticEvent, stdoutEvent, summaryEvent } = event;
    if (resourcePreEvent) this.#begins(resourcePreEvent.metadata);
    if (resOutputsEvent) this.#ends(resOutputsEvent.metadata, "done");
    if (resOpFailedEvent) this.#ends(resOpFailedEvent.metadata, "failed");
    if (diagnosticEvent) this.#says(diagnosticEvent);
    if (stdoutEvent) this.#tell({ kind: "message", severity: "info", text: stdoutEvent.message.trimEnd() });
    this.summary ??= summaryEvent;
  }

  #begins(metadata: Metadata): void {
    const { op, urn, old, new: next } = metadata;
    this.#items.sees(urn, (next ?? old)?.parent, next?.inputs?.from);
    const operation = (this.#isPreview ? planning : doing)[op];
    // Components have no life of their own; a link's is what people know of it.
    const isShown = (next ?? old)?.custom === true || (this.#items.isThing(urn) && this.#items.of(urn).type === "link");
    if (operation === undefined || !isShown) return;
    const item = this.#items.of(urn);
    if (this.#isPreview) {
      const from = operation === "create" && item.part === undefined ? this.#items.originOf(urn) : undefined;
      this.#tell({ kind: "planned", item, operation, from, changes: changesOf(metadata) });
      return;
    }
    this.#begun.set(urn, { seconds: stopwatch(), operation });
    this.#tell({ kind: "started", item, operation });
  }

  #ends({ urn }: Metadata, outcome: "done" | "failed"): void {
    const begun = this.#begun.get(urn);
    if (begun === undefined) return;
    this.#begun.delete(urn);
    if (outcome === "failed") this.failed += 1;
    const { operation, seconds } = begun;
    const text = outcome === "failed" ? this.#errors.get(urn) : undefined;
    this.#tell({ kind: "ended", item: this.#items.of(urn), operation, outcome, text, seconds: seconds() });
  }

  #says({ urn, message, severity, ephemeral }: NonNullable<EngineEvent["diagnosticEvent"]>): void {
    const known = severities[severity];
    const text = message.trimEnd();
    if (known === undefined || text === "") return;
    const item = urn === undefined || urn.includes("::pulumi:pulumi:Stack::") ? undefined : this.#items.of(urn);
    if (known === "error" && urn !== undefined) this.#errors.set(urn, text);
    if (!ephemeral) this.#tell({ kind: "message", severity: known, text, item });
    else if (item !== undefined) this.#tell({ kind: "progress", item, phase: "run", text });
  }
}

function readEvent(line: string): EngineEvent | undefined {
  try {
    return engineEventSchema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
