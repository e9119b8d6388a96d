import * as pulumi from "@pulumi/pulumi";
import { Forward, Kubeconfig, Node } from "@strata/resources";
import type { InfrastructureProvider } from "../../../infrastructure.ts";
import type { Machine } from "../../../machine.ts";
import type { KubernetesPlan } from "../cluster.ts";

/** What the cluster is made of and on. */
export interface ClusterArgs {
  stack: string;
  plan: KubernetesPlan;
  /** All machines of the testbed. */
  machines: readonly Machine[];
  /** What the machines are on. */
  infrastructure: Pick<InfrastructureProvider, "network" | "facts">;
}

/**
 * The cluster on the machines, of which their software made a control plane and workers to be: the way to its API from
 * this host, and each worker as a node of it. A worker knows the control plane and nothing of the other workers, so that
 * one more or less is a change of that one alone.
 */
export class Cluster extends pulumi.ComponentResource {
  /** The administrator's way into the cluster, from this host. Secret. */
  readonly kubeconfig: pulumi.Output<string>;
  /** The control plane's machine: what is on the cluster goes with it. */
  readonly control: pulumi.CustomResource;
  /** The workers, as nodes of it. */
  readonly nodes: readonly Node[];
  /** Resolves once the API answers and all workers are ready. */
  readonly complete: pulumi.Output<unknown>;
  readonly #control: string;
  readonly #nodeOf: ReadonlyMap<string, Node>;

  constructor({ stack, plan, machines, infrastructure }: ClusterArgs, opts: pulumi.ComponentResourceOptions) {
    const { version, controlPlane, podCidr, serviceCidr } = plan;
    super("strata:kubernetes:Cluster", "kubernetes", { version, controlPlane, podCidr, serviceCidr }, opts);

    const control = find(machines, controlPlane);
    const gone = { parent: this, deletedWith: control.machine };
    const { namespace, reach } = infrastructure.facts;
    const [through, after] =
      reach === "ssh" ? [control.address, control.software] : [undefined, infrastructure.network];
    const forward = new Forward(
      "kubernetes-api",
      { stack, namespace, through, target: plan.server },
      { parent: this, dependsOn: after },
    );
    const nodes = plan.workers.map((name): [string, Node] => {
      const machine = find(machines, name);
      const node = new Node(
        `${name}-node`,
        {
          stack,
          machine: name,
          address: machine.address,
          control: { machine: control.name, address: control.address },
          version,
          machineId: machine.machine.id,
        },
        // Where the cluster goes, nothing has to be drained.
        { ...gone, dependsOn: [control.software, machine.software] },
      );
      return [name, node];
    });
    const kubeconfig = new Kubeconfig(
      "kubeconfig",
      {
        stack,
        machine: control.name,
        address: control.address,
        server: pulumi.interpolate`https://${forward.address}`,
        machineId: control.machine.id,
      },
      // Its API is asked for all its types then, which takes the cores that joining nodes wait for.
      { ...gone, dependsOn: [control.software, forward, ...nodes.map(([, node]) => node)] },
    );

    this.kubeconfig = kubeconfig.kubeconfig;
    this.control = control.machine;
    this.#nodeOf = new Map(nodes);
    this.nodes = [...this.#nodeOf.values()];
    this.#control = control.name;
    this.complete = pulumi.all([kubeconfig, ...this.nodes].map(({ urn }) => urn));
    this.registerOutputs();
  }

  /** What a machine's services come after: the control plane's after all workers, a worker's after its own node alone. */
  nodesBefore({ name }: Machine): Node[] {
    if (name === this.#control) return [...this.nodes];
    const own = this.#nodeOf.get(name);
    return own === undefined ? [] : [own];
  }
}

function find(machines: readonly Machine[], name: string): Machine {
  const found = machines.find((machine) => machine.name === name);
  if (found === undefined) throw new Error(`the plan has no machine ${name}`);
  return found;
}
