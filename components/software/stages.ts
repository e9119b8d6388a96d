import type { RolePlan } from "../plan/types.ts";

/** Roles after the last of which a machine is, or can become, a node of the cluster that is ready. */
const nodeRoles = ["kubernetes_control", "flannel", "kubernetes_worker"];

export interface Stages {
  /** What makes it a node; in a testbed without a cluster, all. */
  software: RolePlan[];
  /** What no node waits for. */
  services: RolePlan[];
}

/**
 * In a testbed with a cluster, machines get their roles in two runs: nodes join as soon as there is something to join,
 * and the rest comes after them. Side by side they take longer: it is the host's cores that all of it waits for.
 */
export function stagesOf(roles: RolePlan[], withCluster: boolean): Stages {
  const end = withCluster ? roles.findLastIndex(({ role }) => nodeRoles.includes(role)) + 1 : roles.length;
  return { software: roles.slice(0, end), services: roles.slice(end) };
}
