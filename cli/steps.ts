import type { Step } from "../setup/step.ts";
import { imageStep } from "./image.ts";

/** What setup prepares beside its own steps: the machine image with all software there is. */
export const extraSteps: readonly Step[] = [imageStep(["mqtt", "workload"])];
