import { machineImage } from "../artifacts/machine-image/index.ts";
import type { Tell } from "../events/event.ts";
import { planTestbed } from "../components/plan/whole/plan.ts";
import { specOrThrow } from "../components/experiment/whole/load.ts";
import { capabilitiesOf } from "../components/experiment/whole/provider.ts";
import type { TestbedSpec } from "../components/experiment/whole/testbed.ts";
import { readExperiment } from "../program/experiment.ts";
import { commandPluginStep } from "../setup/steps/commandPlugin.ts";
import { imageStep } from "./steps/image.ts";
import { pluginsOf } from "./steps/plugins.ts";
import { setUp } from "./setup.ts";

/**
 * Makes sure that a stack's experiment can be built: its file is right, its machine image (where it starts from one) and the
 * plugin that runs roles are there, and the plugins that its software needs. A new checkout beside an older one has the
 * image, and no plugin. What the stack's Pulumi configuration lays over the file is checked by the program itself.
 */
export async function prepareExperiment(stack: string, tell?: Tell): Promise<void> {
  const spec = readSpec(stack);
  const kinds = planTestbed(stack, spec).imageSoftware;
  const { builtImage } = capabilitiesOf(spec.provider);
  const missing = [
    ...(!builtImage || machineImage(kinds).state === "ready" ? [] : [imageStep(kinds)]),
    ...pluginsOf(kinds).flatMap(({ directory, step }) => (directory() === undefined ? [step] : [])),
  ];
  if (missing.length > 0 || (await commandPluginStep.check()).state === "missing") await setUp(missing, { tell });
}

/** @throws SpecError with every problem of the experiment's file. */
function readSpec(stack: string): TestbedSpec {
  const { file, loaded } = readExperiment(stack);
  return specOrThrow(loaded, file);
}
