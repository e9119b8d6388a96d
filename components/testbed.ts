import * as pulumi from "@pulumi/pulumi";
import { contractVersion, type KindOutputs, type TestbedOutputs } from "./contract/testbed.ts";
import type { InfrastructureFacts } from "./infrastructure.ts";
import { accept } from "./accept.ts";
import { deployedKindOf, isDeployed } from "./kinds/index.ts";
import { openMirror } from "./mirror.ts";
import { Link } from "./network/link.ts";
import { openInfrastructure } from "./openInfrastructure.ts";
import { planTestbed } from "./plan/whole/plan.ts";
import type { Plan } from "./plan/types.ts";
import { readTestbedArgs } from "./experiment/whole/load.ts";
import type { TestbedArgs } from "./experiment/whole/testbed.ts";
import { tierNames } from "./experiment/tier.ts";
import { withoutTraceText, withTraceText } from "./experiment/traceFiles.ts";
import { runStages } from "./stages.ts";
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
  /** The administrator's way into the cluster, from this host, where there is one. Secret. */
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
    const infrastructure = openInfrastructure(plan, spec.provider, place, { parent: this });
    for (const link of plan.links) new Link(link, { parent: this });
    const artifacts = openMirror(plan, infrastructure, { parent: this });
    const tiers = tierNames.flatMap((tier) => {
      const members = plan.machines.filter((machine) => machine.tier === tier);
      return members.length === 0 ? [] : [new Tier(name, tier, members, infrastructure, artifacts, { parent: this })];
    });
    const machines = tiers.flatMap((tier) => tier.machines);
    const deployed = runStages(plan, machines, infrastructure, { parent: this });

    this.kubeconfig = deployed.find(({ kubeconfig }) => kubeconfig !== undefined)?.kubeconfig;
    this.outputs = pulumi
      .all([
        ...tiers.map((tier) => tier.finish()),
        ...deployed.map(({ complete }) => complete),
        infrastructure.renewLease(),
      ])
      .apply(() => testbedOutputs(plan, infrastructure.facts));
    this.registerOutputs({ testbed: this.outputs });
  }
}

function testbedOutputs(plan: Plan, facts: InfrastructureFacts): TestbedOutputs {
  const { kind, host, accelerator, reach, user, namespace, image, hostOf, hostAddresses } = facts;
  return {
    contract: contractVersion,
    name: plan.name,
    provider: {
      kind,
      ...(host === undefined ? {} : { host }),
      ...(accelerator === undefined ? {} : { accelerator }),
      ...(reach === "network" ? {} : { reach }),
    },
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
    ...kindOutputs(plan),
    ...(plan.benchmark === undefined ? {} : { benchmark: plan.benchmark }),
    image,
    boot: plan.boot,
    ssh: { user, ...(namespace === undefined ? {} : { namespace }) },
  };
}

/** What kinds of software say of themselves, by the kind's name. */
function kindOutputs(plan: Plan): KindOutputs {
  const deployed = plan.software.map(({ kind }) => kind).filter(isDeployed);
  return Object.fromEntries(deployed.map((kind) => [kind, deployedKindOf(kind).outputs.of(plan[kind])]));
}
