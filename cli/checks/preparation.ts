/** A timer of more would end at once. */
const longestTimerMs = 2 ** 31 - 1;

/** How to get something that takes long. */
export interface Getting {
  /** For people: "the programs of a cluster". */
  title: string;
  isThere: () => Promise<boolean>;
  /** Gets it beside other work, which it must not slow down. @throws Error that says why it can't be had. */
  get: (signal: AbortSignal) => Promise<void>;
  /** What that takes with nothing beside it on the machine of reference (patience.ts), in seconds. */
  referenceSeconds: number;
}

/** What a test file needs that is no part of every setup: got beside the suites that run before it. */
export class Preparation {
  readonly #getting: Getting;
  readonly #stop = new AbortController();
  /** Why it could not be had; undefined: it is there. */
  #ended: Promise<Error | undefined> | undefined;

  constructor(getting: Getting) {
    this.#getting = getting;
  }

  get title(): string {
    return this.#getting.title;
  }

  /** What is still to be begun, in seconds on the machine of reference; 0 for what is there or under way. */
  async missingSeconds(): Promise<number> {
    return this.#ended === undefined && !(await this.#getting.isThere()) ? this.#getting.referenceSeconds : 0;
  }

  /** Begins to get it, unless it is there or under way. */
  async begin(): Promise<void> {
    if ((await this.missingSeconds()) === 0) return;
    this.#ended ??= this.#getting.get(this.#stop.signal).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
    );
  }

  /**
   * Waits until it is there, having begun to get it where nobody has.
   *
   * @param seconds how long to wait at most.
   * @param onWait called where it has to be waited for.
   * @returns whether it is there.
   * @throws Error when it can't be had.
   */
  async within(seconds: number, onWait: () => void): Promise<boolean> {
    if (await this.#getting.isThere()) return true;
    await this.begin();
    onWait();
    const late = Promise.withResolvers<"late">();
    const timer = setTimeout(late.resolve, Math.min(Math.max(0, seconds) * 1000, longestTimerMs), "late");
    const outcome = await Promise.race([this.#ended, late.promise]);
    clearTimeout(timer);
    if (outcome instanceof Error) throw outcome;
    return outcome !== "late";
  }

  /** Ends the getting where it is under way; the next run goes on from there. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#ended;
  }
}
