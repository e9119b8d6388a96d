import type { Step } from "../setup/step.ts";

/** What setup prepares beside its own steps: what testbeds are made from. */
export const extraSteps: readonly Step[] = [];
