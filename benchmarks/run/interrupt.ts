import { onEndSignal } from "../../local/endSignals.ts";

/** Does some work that is told to end by Ctrl-C, SIGTERM and a closed terminal. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { signal, release } = onInterrupt();
  try {
    return await work(signal);
  } finally {
    release();
  }
}

/**
 * A signal that is aborted by Ctrl-C, SIGTERM and a closed terminal, or by the given signal alone. `release` takes the
 * handlers off again.
 */
export function onInterrupt(given?: AbortSignal): { signal: AbortSignal; release: () => void } {
  if (given) return { signal: given, release: () => undefined };
  const controller = new AbortController();
  // Every further Ctrl-C is held back as well: remote parts are being stopped, which has limits of its own.
  const release = onEndSignal(() => {
    controller.abort(new DOMException("interrupted", "AbortError"));
  });
  return { signal: controller.signal, release };
}
