import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment.js";
import { Namespace } from "@pulumi/kubernetes/core/v1/namespace.js";
import { Secret } from "@pulumi/kubernetes/core/v1/secret.js";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount.js";
import { workerPods } from "../../../contract/runs.ts";
import * as pulumi from "@pulumi/pulumi";
import type { DeploymentSpec } from "../../../experiment/benchmarkFields.ts";
import { workerPod } from "./workerPod.ts";

export interface WorkerDeploymentArgs {
  /** How many machines are workers of the cluster. */
  workers: number;
  /** Container image, as the machines have it: "strata/worker:3f2a9c0d1b7e4455". */
  image: string;
  /** The part of the workload that the image runs. */
  role: string;
  deployment: DeploymentSpec;
  /** That it connects to; absent: to none. */
  broker?: { host: string; port: number; username: string };
  /** The broker's password; kept as a secret. */
  password?: pulumi.Input<string>;
}

const { application: name, namespace: namespaceName } = workerPods;

/** The workload's workers on the cluster: so many pods on each of its workers, each waiting for benchmark runs. */
export class WorkerDeployment extends pulumi.ComponentResource {
  /** Resolves once all pods are ready. */
  readonly complete: pulumi.Output<unknown>;

  /** @param opts with the cluster's provider, and the control plane's machine as `deletedWith`. */
  constructor(args: WorkerDeploymentArgs, opts: pulumi.ComponentResourceOptions & { deletedWith?: pulumi.Resource }) {
    const { workers, image, role, deployment, broker, password } = args;
    super("strata:kubernetes:WorkerDeployment", name, { workers, image, ...deployment }, opts);

    // A component hands its own provider on to its children, but not what they are deleted with.
    const own = { parent: this, deletedWith: opts.deletedWith };
    const labels = { "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "strata" };
    const metadata = { name, namespace: namespaceName, labels };

    const namespace = new Namespace(namespaceName, { metadata: { name: namespaceName } }, own);
    const inNamespace = { ...own, dependsOn: namespace };
    const account = new ServiceAccount(name, { metadata, automountServiceAccountToken: false }, inNamespace);
    const configuration = pulumi
      .output(password)
      .apply((text) => JSON.stringify(broker === undefined ? {} : { broker: { ...broker, password: text } }));
    const secret = new Secret(
      name,
      { metadata, type: "Opaque", stringData: { "workload.json": pulumi.secret(configuration) } },
      inNamespace,
    );
    const pods = new Deployment(
      name,
      {
        metadata,
        spec: {
          replicas: workers * deployment.applicationsPerWorker,
          selector: { matchLabels: labels },
          // In step with the wait below; Kubernetes' own 10 minutes are no failure of pods that are only slow.
          progressDeadlineSeconds: 3600,
          // The nodes have no room for old and new pods at once.
          strategy: { type: "Recreate" },
          template: {
            metadata: { labels },
            spec: workerPod({ labels, role, image, serviceAccount: name, secret: name, deployment }),
          },
        },
      },
      // Against hanging alone: emulated nodes beside others take their time, and the display says what is waited for.
      { ...own, dependsOn: [namespace, account, secret], customTimeouts: { create: "60m", update: "60m" } },
    );
    this.complete = pulumi.output(pods.urn);
    this.registerOutputs();
  }
}
