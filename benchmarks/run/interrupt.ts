/** A signal that is aborted by Ctrl-C and SIGTERM, or by the given signal alone. `release` takes the handlers off again. */
export function onInterrupt(given?: AbortSignal): { signal: AbortSignal; release: () => void } {
  if (given) return { signal: given, release: () => undefined };
  const controller = new AbortController();
  const interrupt = (): void => {
    controller.abort(new Error("interrupted"));
  };
  // Every further Ctrl-C is held back as well: remote parts are being stopped, which has limits of its own.
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  return {
    signal: controller.signal,
    release: () => {
      process.off("SIGINT", interrupt);
      process.off("SIGTERM", interrupt);
    },
  };
}
