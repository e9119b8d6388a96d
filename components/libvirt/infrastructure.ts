import type * as libvirt from "@pulumi/libvirt";
import * as pulumi from "@pulumi/pulumi";
import { Credentials } from "@strata/resources";
import { machineImage } from "../../artifacts/machine-image/index.ts";
import { refuse } from "../accept.ts";
import type { InfrastructureFacts, InfrastructureProvider, MachineResource } from "../infrastructure.ts";
import type { MachinePlan, Plan } from "../plan/types.ts";
import type { ProviderSpec } from "../spec/provider.ts";
import { factsOf, hostKind, openHost, openRemoteHost, type LibvirtHost } from "./host.ts";
import { libvirtMachine } from "./machine.ts";
import { capacityProblems, forced, imageProblems } from "./problems.ts";
import { lookAtAll, placementText } from "./remote.ts";
import { openSite, type Site } from "./site.ts";

/** The hosts of a testbed, once all that could keep it from running there was looked for. */
interface Hosts {
  kind: InfrastructureFacts["host"];
  open: (opts: { parent: pulumi.Resource }) => LibvirtHost[];
  mtu?: number;
  /** Name of each machine's host, where there are several. */
  hostOf?: Readonly<Record<string, string>>;
  hostAddresses?: Readonly<Record<string, string>>;
}

/** What all machines of a testbed share on their libvirt host or hosts: connection, storage pool, image, network, keys. */
export class LibvirtInfrastructure implements InfrastructureProvider {
  readonly facts: InfrastructureFacts;
  readonly network: libvirt.Network;
  readonly #plan: Plan;
  readonly #sites: readonly [Site, ...Site[]];
  readonly #credentials: Credentials;

  constructor(plan: Plan, spec: ProviderSpec, opts: { parent: pulumi.Resource }) {
    const image = machineImage(plan.imageSoftware);
    const hosts = spec.hosts === undefined ? oneHost(plan, spec, image) : severalHosts(plan, spec.hosts, image);
    const opened = hosts.open(opts);
    const namespace = opened[0]?.namespace;

    this.#plan = plan;
    this.#credentials = new Credentials(
      "credentials",
      {
        stack: plan.name,
        namespace,
        passwords: plan.software.some(({ kind }) => kind === "mqtt") ? ["mqtt"] : [],
      },
      opts,
    );
    this.#sites = nonEmpty(opened.map((host) => openSite(plan, host, image, hosts.mtu, opts)));
    this.network = this.#sites[0].network;
    this.facts = {
      kind: "libvirt",
      host: hosts.kind,
      accelerator: opened.every(({ accelerator }) => accelerator === "kvm") ? "kvm" : "tcg",
      namespace,
      image: image.key,
      hostOf: hosts.hostOf,
      hostAddresses: hosts.hostAddresses,
    };
  }

  machine(machine: MachinePlan, opts: { parent: pulumi.Resource }): MachineResource {
    const wanted = this.facts.hostOf?.[machine.name];
    const site = this.#sites.find(({ host }) => host.remote?.name === wanted) ?? this.#sites[0];
    const { name: stack, network } = this.#plan;
    const shared = { stack, prefixLength: network.prefixLength, credentials: this.#credentials };
    return libvirtMachine(shared, site, machine, opts);
  }
}

function oneHost(plan: Plan, spec: ProviderSpec, image: ReturnType<typeof machineImage>): Hosts {
  const kind = hostKind(spec);
  refuse([...capacityProblems(plan, factsOf(plan, kind)), ...imageProblems(image)]);
  return { kind, open: (opts) => [openHost(plan, kind, opts)] };
}

function severalHosts(plan: Plan, uris: readonly string[], image: ReturnType<typeof machineImage>): Hosts {
  const { problems, hosts, hostOf, mtu } = lookAtAll(plan, uris);
  refuse([...forced(problems), ...imageProblems(image)]);
  void pulumi.log.info(placementText(hostOf));
  return {
    ...{ kind: "remote", mtu, hostOf },
    hostAddresses: Object.fromEntries(hosts.map(({ name, hostAddress }) => [name, hostAddress])),
    open: (opts) => hosts.map((host) => openRemoteHost(plan, host, opts)),
  };
}

function nonEmpty<T>([first, ...rest]: T[]): [T, ...T[]] {
  if (first === undefined) throw new Error("the plan has no host");
  return [first, ...rest];
}
