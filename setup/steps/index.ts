import type { Step } from "../step.ts";
import { commandPluginStep } from "./commandPlugin.ts";
import { engineStep } from "./engine.ts";
import { hostPackagesStep } from "./hostPackages.ts";
import { nodeStep } from "./node.ts";
import { stateStep } from "./state.ts";

/** What a machine needs before `pulumi up`, images apart. */
export const setupSteps: readonly Step[] = [nodeStep, hostPackagesStep, engineStep, stateStep, commandPluginStep];
