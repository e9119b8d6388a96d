import type { RolePlan } from "../plan/types.ts";

/** Roles after the last of which a machine is, or can become, a node of the cluster that is ready. */
const nodeRoles = ["kubernetes_control", "flannel", "kubernetes_worker"];

export interface Stages {
  /** Up to what makes it a node; for a machine outside of a cluster, all. */
  software: RolePlan[];
  /** What nobody waits for to join the cluster. */
  services: RolePlan[];
}

/**
 * A cluster's machine gets its roles in two runs: nodes join as soon as there is something to join, and the rest comes
 * after them. Side by side they take longer: it is the machines' cores that all of it waits for.
 */
export function stagesOf(roles: RolePlan[]): Stages {
  const node = roles.findLastIndex(({ role }) => nodeRoles.includes(role));
  const end = node === -1 ? roles.length : node + 1;
  return { software: roles.slice(0, end), services: roles.slice(end) };
}
