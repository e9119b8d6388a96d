/** What ends a command from outside: Ctrl-C, `kill` and a service manager, and a terminal that was closed (ssh). */
export const endSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export type EndSignal = (typeof endSignals)[number];

/** Has this process go on after such a signal, and hear of each. @returns what takes the handler off again. */
export function onEndSignal(hear: (signal: EndSignal) => void): () => void {
  for (const signal of endSignals) process.on(signal, hear);
  return () => {
    for (const signal of endSignals) process.off(signal, hear);
  };
}
