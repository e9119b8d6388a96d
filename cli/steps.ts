import type { Step } from "../setup/step.ts";
import { kubernetesPluginStep } from "../setup/steps/kubernetesPlugin.ts";
import { imageStep } from "./image.ts";

/** What setup prepares beside its own steps: the machine image with all software there is. */
export const extraSteps: readonly Step[] = [imageStep(["mqtt", "workload"])];

/** What only testbeds with Kubernetes need beside that; minutes the first time. Their image, `up` builds for itself. */
export const kubernetesSteps: readonly Step[] = [kubernetesPluginStep];

/** The image of the experiments that come with Strata: half an hour the first time, where Kubernetes has to be built. */
export const kubernetesImageStep: Step = imageStep(["kubernetes", "mqtt", "workload"]);
