import { machineImage } from "../artifacts/machine-image/index.ts";
import { planTestbed } from "../components/plan/plan.ts";
import { specOrThrow } from "../components/spec/load.ts";
import { readExperiment } from "../stacks/experiment.ts";
import { commandPluginStep } from "../setup/steps/commandPlugin.ts";
import { imageStep } from "./image.ts";
import { pluginsOf } from "./plugins.ts";
import { setUp } from "./setup.ts";

/**
 * Makes sure that a stack's experiment can be built: its file is right, its machine image and the plugin that runs roles
 * are there, and the plugins that its software needs. A new checkout beside an older one has the image, and no plugin. What the stack's Pulumi configuration lays over the file is checked by the program itself.
 */
export async function prepareExperiment(stack: string): Promise<void> {
  const kinds = imageSoftware(stack);
  const missing = [
    ...(machineImage(kinds).state === "ready" ? [] : [imageStep(kinds)]),
    ...pluginsOf(kinds).flatMap(({ directory, step }) => (directory() === undefined ? [step] : [])),
  ];
  if (missing.length > 0 || (await commandPluginStep.check()).state === "missing") await setUp(missing, {});
}

/**
 * Software kinds that the machine image of an experiment holds.
 *
 * @throws SpecError with every problem of the experiment's file.
 */
export function imageSoftware(stack: string): string[] {
  const { file, loaded } = readExperiment(stack);
  return planTestbed(stack, specOrThrow(loaded, file)).imageSoftware;
}
