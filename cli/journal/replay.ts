import { kinds, type Deployment, type Entry, type Operation, type Resource } from "./entry.ts";
import { withoutAliases } from "./aliases.ts";
import { withoutMissing } from "./references.ts";

/** A state as it is after some entries of a journal. */
export interface Replayed {
  deployment: Deployment;
  /** That it has strings which are no UTF-8, also in secrets, where nobody else sees it. */
  byteString: boolean;
}

/**
 * The state that an update had come to: what it began with, and the entries of its journal in their order. It is what the
 * engine's own JournalReplayer makes of them (pkg/backend/journal.go).
 *
 * @throws Error for entries that say nothing sensible.
 */
export function replay(base: Deployment, entries: readonly Entry[]): Replayed {
  const replayer = new Replayer(base);
  for (const entry of entries) replayer.add(entry);
  return { deployment: replayer.deployment(), byteString: replayer.byteString };
}

class Replayer {
  byteString = false;
  #base: Deployment;
  /** What the update made, by its operation, in order; undefined: it is gone again. */
  readonly #made = new Map<number, Resource | undefined>();
  readonly #removedOld = new Set<number>();
  readonly #replacedOld = new Map<number, Resource>();
  readonly #changedOld = new Map<number, Partial<Resource>>();
  readonly #begun = new Map<number, Operation>();
  readonly #extensions: Record<string, unknown> = {};
  #refreshed = false;

  constructor(base: Deployment) {
    this.#base = { ...base };
  }

  add(entry: Entry): void {
    if (entry.requiresByteString === true) this.byteString = true;
    switch (entry.kind) {
      case kinds.begin:
        if (entry.operation !== undefined) this.#begun.set(entry.operationID, entry.operation);
        return;
      case kinds.failure:
        this.#begun.delete(entry.operationID);
        return;
      case kinds.success:
        this.#begun.delete(entry.operationID);
        this.#succeeded(entry);
        return;
      case kinds.refreshSuccess:
        this.#begun.delete(entry.operationID);
        this.#refreshed = true;
        if (isIndex(entry.removeOld) && entry.state === undefined) this.#removedOld.add(entry.removeOld);
        if (isIndex(entry.removeNew) && entry.state === undefined) this.#made.set(entry.removeNew, undefined);
        this.#replace(entry);
        return;
      case kinds.outputs:
        this.#replace(entry);
        return;
      case kinds.write:
        this.#base = { ...entry.newSnapshot };
        return;
      case kinds.secretsManager:
        this.#base.secrets_providers = entry.secretsProvider;
        return;
      case kinds.snippets:
        this.#base.snippets = entry.snippets;
        return;
      case kinds.extension:
        if (entry.extensionRef !== undefined) this.#extensions[entry.extensionRef] = entry.extension;
        return;
      case kinds.rebuiltBaseState:
        this.#rebase();
    }
  }

  deployment(): Deployment {
    const old = (this.#base.resources ?? []).flatMap((resource, index) =>
      this.#removedOld.has(index)
        ? []
        : [this.#replacedOld.get(index) ?? { ...resource, ...this.#changedOld.get(index) }],
    );
    const made = [...this.#made.values()].filter((resource) => resource !== undefined);
    const all = [...made, ...old];
    const resources = withoutAliases(this.#refreshed ? withoutMissing(all) : all);
    // The engine forgets no creation of which it does not know how it ended, of earlier updates either.
    const earlier = (this.#base.pending_operations ?? []).filter(({ type }) => type === "creating");
    const pending = [...this.#begun.values(), ...earlier];
    const extensions = { ...this.#extensions, ...(this.#base.extensions as object | undefined) };
    return {
      ...this.#base,
      resources: resources.length > 0 ? resources : undefined,
      pending_operations: pending.length > 0 ? pending : undefined,
      extensions: Object.keys(extensions).length > 0 ? extensions : undefined,
    };
  }

  #succeeded(entry: Entry): void {
    if (entry.state !== undefined) this.#made.set(entry.operationID, entry.state);
    if (isIndex(entry.removeOld)) this.#removedOld.add(entry.removeOld);
    if (isIndex(entry.removeNew)) this.#made.set(entry.removeNew, undefined);
    if (isIndex(entry.deleteOld)) this.#changeOld(entry.deleteOld, { delete: true });
    if (isIndex(entry.deleteNew)) this.#changeMade(entry.deleteNew, { delete: true });
    if (isIndex(entry.pendingReplacementOld))
      this.#changeOld(entry.pendingReplacementOld, { pendingReplacement: true });
    if (isIndex(entry.pendingReplacementNew))
      this.#changeMade(entry.pendingReplacementNew, { pendingReplacement: true });
    if (entry.isRefresh === true) this.#refreshed = true;
  }

  #replace({ state, removeOld, removeNew }: Entry): void {
    if (state === undefined) return;
    if (isIndex(removeOld)) this.#replacedOld.set(removeOld, state);
    if (isIndex(removeNew)) this.#made.set(removeNew, state);
  }

  #changeOld(index: number, change: Partial<Resource>): void {
    this.#changedOld.set(index, { ...this.#changedOld.get(index), ...change });
  }

  #changeMade(operation: number, change: Partial<Resource>): void {
    const resource = this.#made.get(operation);
    if (resource === undefined) throw new Error(`the journal has no resource of operation ${operation}`);
    this.#made.set(operation, { ...resource, ...change });
  }

  /** After a refresh the engine begins anew with what it found. */
  #rebase(): void {
    this.#base = this.deployment();
    for (const all of [this.#made, this.#removedOld, this.#replacedOld, this.#changedOld, this.#begun]) all.clear();
  }
}

const isIndex = (value: number | null | undefined): value is number => value !== undefined && value !== null;
