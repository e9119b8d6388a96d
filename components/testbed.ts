import * as pulumi from "@pulumi/pulumi";
import { contractVersion, type TestbedOutputs } from "./contract/testbed.ts";
import type { InfrastructureFacts } from "./infrastructure.ts";
import { LibvirtInfrastructure } from "./libvirt/infrastructure.ts";
import { accept } from "./accept.ts";
import { Cluster } from "./kubernetes/cluster.ts";
import { openMirror } from "./kubernetes/mirror.ts";
import { deployWorkers } from "./kubernetes/workload.ts";
import { Link } from "./network/link.ts";
import { planTestbed } from "./plan/plan.ts";
import type { KubernetesPlan, Plan } from "./plan/types.ts";
import { readTestbedArgs } from "./spec/load.ts";
import type { TestbedArgs } from "./spec/testbed.ts";
import { tierNames } from "./spec/tier.ts";
import { withoutTraceText, withTraceText } from "./spec/traceFiles.ts";
import { Tier } from "./tier.ts";
import { traceReader } from "./traceReader.ts";
import { placeOf } from "../local/place.ts";

/**
 * A cloud-edge-endpoint testbed: machines in three tiers, the network between them, and their software.
 *
 * @example
 * const lab = new Testbed("lab", {
 *   tiers: { cloud: { count: 1, cpus: 2, memory: "1 GiB" }, endpoint: { count: 3, cpus: 1, memory: "512 MiB" } },
 *   links: { "cloud-endpoint": { latency: "45 ms", rate: "7.21 Mbit" } },
 * });
 * export const testbed = lab.outputs;
 */
export class Testbed extends pulumi.ComponentResource {
  /** What a benchmark or a person needs to use the testbed (contract strata/testbed@1), once all of it is up. */
  readonly outputs: pulumi.Output<TestbedOutputs>;
  /** The administrator's way into the Kubernetes cluster, from this host, where there is one. Secret. */
  readonly kubeconfig: pulumi.Output<string> | undefined;

  /**
   * @param name letters, digits and dashes; names the machines on the host and picks the address range.
   * Files of traces are relative to the program's working directory.
   * @throws pulumi.RunError with every problem of `args`, each with its path, reason and fix.
   */
  constructor(name: string, args: TestbedArgs, opts?: pulumi.ComponentResourceOptions) {
    super("strata:index:Testbed", name, withoutTraceText(args), opts);

    const spec = accept(readTestbedArgs(withTraceText(args, traceReader(process.cwd()))));
    const place = placeOf(name);
    const plan = planTestbed(name, spec, place.id);
    const infrastructure = new LibvirtInfrastructure(plan, spec.provider, place, { parent: this });
    for (const link of plan.links) new Link(link, { parent: this });
    const artifacts = plan.kubernetes === undefined ? undefined : openMirror(plan, infrastructure, { parent: this });
    const machines = tierNames.flatMap((tier) => {
      const members = plan.machines.filter((machine) => machine.tier === tier);
      if (members.length === 0) return [];
      return new Tier(name, tier, members, infrastructure, artifacts, { parent: this }).machines;
    });
    const cluster =
      plan.kubernetes === undefined
        ? undefined
        : new Cluster(
            {
              stack: name,
              plan: plan.kubernetes,
              machines,
              infrastructure,
            },
            { parent: this },
          );

    const workers = cluster && deployWorkers(plan, cluster, { parent: this });
    const pods = workers === undefined ? [] : [workers];
    for (const machine of machines) machine.addServices([...(cluster?.nodesBefore(machine) ?? []), ...pods]);

    this.kubeconfig = cluster?.kubeconfig;

    const parts = [...machines, cluster, workers].filter((part) => part !== undefined);
    this.outputs = pulumi
      .all(parts.map(({ complete }) => complete))
      .apply(() => testbedOutputs(plan, infrastructure.facts));
    this.registerOutputs({ testbed: this.outputs });
  }
}

function testbedOutputs(plan: Plan, facts: InfrastructureFacts): TestbedOutputs {
  const { kind, host, accelerator, namespace, image, hostOf, hostAddresses } = facts;
  return {
    contract: contractVersion,
    name: plan.name,
    provider: { kind, host, accelerator },
    network: {
      cidr: plan.network.cidr,
      hostAddress: plan.network.hostAddress,
      ...(hostAddresses === undefined ? {} : { hostAddresses }),
    },
    machines: plan.machines.map(({ name, tier, index, address, cpus, memoryMiB, quota }) => ({
      name,
      tier,
      index,
      address,
      cpus,
      memoryMiB,
      ...(quota === undefined ? {} : { quota }),
      ...(hostOf?.[name] === undefined ? {} : { host: hostOf[name] }),
    })),
    links: plan.links,
    ...(plan.machineLinks.length === 0 ? {} : { machineLinks: plan.machineLinks }),
    ...(Object.keys(plan.access).length === 0 ? {} : { access: plan.access }),
    ...(plan.tolerance === undefined ? {} : { tolerance: plan.tolerance }),
    software: plan.software,
    ...(plan.kubernetes === undefined ? {} : { kubernetes: clusterOutputs(plan.kubernetes) }),
    ...(plan.benchmark === undefined ? {} : { benchmark: plan.benchmark }),
    image,
    ssh: { user: "root", ...(namespace === undefined ? {} : { namespace }) },
  };
}

function clusterOutputs(plan: KubernetesPlan): NonNullable<TestbedOutputs["kubernetes"]> {
  const { version, controlPlane, workers, podCidr, serviceCidr, server } = plan;
  return { version, controlPlane, workers, podCidr, serviceCidr, server };
}
