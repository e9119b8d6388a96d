/** Beside what all parts have. */
export interface EmptyConfig {
  run: string;
  id: string;
  sleepMs: number;
}

/**
 * One line. In ms since 1970 by the machine's clock: when the container or the pod's process was started, when the program
 * began, and when it had slept.
 */
export const columns = ["startedMs", "begunMs", "endedMs"] as const;
