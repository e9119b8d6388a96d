/** Told what the runner does; the command line shows it. */
export interface Progress {
  /** A new step begins: "repetition 1 of 3: start the worker". */
  phase(text: string): void;
  /** News within the step: "12 sent, 11 answered". */
  detail(text: string): void;
}
