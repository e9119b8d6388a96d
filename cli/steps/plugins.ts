import type { KindName } from "../../components/kinds/index.ts";
import type { Step } from "../../setup/step.ts";
import {
  kubernetesPluginDirectory,
  kubernetesPluginIsBuilt,
  kubernetesPluginStep,
} from "../../setup/steps/kubernetesPlugin.ts";

/** A Pulumi plugin that only some testbeds need. */
interface Plugin {
  step: Step;
  /** Where it is, where it is there; soon answered. */
  directory: () => string | undefined;
  /** Whether to get it is to link what the cache has. */
  isBuilt: () => Promise<boolean>;
}

/** The plugins behind the resources of kinds of software, where they are none of setup's own. */
const plugins: Partial<Record<KindName, Plugin>> = {
  kubernetes: {
    step: kubernetesPluginStep,
    directory: kubernetesPluginDirectory,
    isBuilt: kubernetesPluginIsBuilt,
  },
};

/** Those that these kinds of software need. */
export function pluginsOf(kinds: readonly string[]): Plugin[] {
  return Object.entries(plugins).flatMap(([kind, plugin]) => (kinds.includes(kind) ? [plugin] : []));
}
