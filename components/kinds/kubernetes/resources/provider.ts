// Module by module: the package as a whole takes 0.2 s to load, which every preview would pay, these few 10 ms.
import { Provider } from "@pulumi/kubernetes/provider.js";
import type * as pulumi from "@pulumi/pulumi";

export interface ClusterAccess {
  /** Secret. */
  kubeconfig: pulumi.Input<string>;
  /** Identity of the cluster: when it changes, all objects are made again on the new one; a new address changes nothing. */
  identity: pulumi.Input<string>;
}

/**
 * Seconds that the API server has for an answer. The client's own 32 s are too few for the first question, the schema of
 * all types: an emulated control plane that has just started computes it for 40 s, and beside others for minutes.
 */
const timeout = 600;

/** How objects get onto a testbed's cluster. */
export function clusterProvider({ kubeconfig, identity }: ClusterAccess, opts: pulumi.CustomResourceOptions): Provider {
  return new Provider(
    "kubernetes",
    { kubeconfig, clusterIdentifier: identity, enableServerSideApply: true, kubeClientSettings: { timeout } },
    opts,
  );
}
