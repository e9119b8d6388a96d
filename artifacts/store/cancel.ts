import { AsyncLocalStorage } from "node:async_hooks";

const current = new AsyncLocalStorage<AbortSignal>();

/**
 * Runs `work`, ending the programs it runs when `signal` is aborted. The signal reaches everything that `work` calls, so
 * that recipes need not hand it down.
 */
export function cancellable<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  return signal === undefined ? work() : current.run(signal, work);
}

/** The signal of the work that is being done, where it has one. */
export function cancelSignal(): AbortSignal | undefined {
  return current.getStore();
}
