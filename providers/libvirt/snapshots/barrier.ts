/** Where several wait for each other: nobody passes before all have come, and nobody at all once one has failed. */
export class Barrier {
  #missing: number;
  readonly #open = Promise.withResolvers<undefined>();

  constructor(parties: number) {
    this.#missing = parties;
    // Whoever has not come yet hears of it then.
    this.#open.promise.catch(() => undefined);
  }

  /** @throws what another one has failed with. */
  async arrive(): Promise<void> {
    this.#missing -= 1;
    if (this.#missing === 0) this.#open.resolve(undefined);
    await this.#open.promise;
  }

  fail(reason: unknown): void {
    this.#open.reject(reason);
  }
}
