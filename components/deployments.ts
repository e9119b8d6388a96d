import type { Deploy } from "./deployment.ts";
import type { DeployedKindName } from "./kinds/index.ts";
import { deployKubernetes } from "./kinds/kubernetes/resources/deploy.ts";

/** What makes the resources of the kinds of software that have some. */
export const deployments = {
  kubernetes: deployKubernetes,
} satisfies Record<DeployedKindName, Deploy>;
