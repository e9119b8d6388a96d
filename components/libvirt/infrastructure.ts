import type * as libvirt from "@pulumi/libvirt";
import * as pulumi from "@pulumi/pulumi";
import { machineImage } from "../../artifacts/machine-image/index.ts";
import { stopAtErrors } from "../problems/stopAtErrors.ts";
import type { MachineFacts, MachineKeys, MachineProvider, ProvidedMachine } from "../infrastructure.ts";
import type { MachinePlan, Plan } from "../plan/types.ts";
import type { Place } from "../../local/place.ts";
import { bootOf } from "./boot.ts";
import { firewallProblems, lookAtFirewall } from "./firewall.ts";
import { factsOf, openHost, openRemoteHost, type LibvirtHost } from "./host.ts";
import { chooseHost } from "./hostKind.ts";
import { renewLeases, type LeasedMachine } from "./lease.ts";
import { libvirtMachine } from "./machine.ts";
import { preparedKey } from "./plan/prepared.ts";
import { planLibvirt, type LibvirtMachinePlan, type LibvirtPlan } from "./plan/plan.ts";
import { capacityProblems, forced, imageProblems } from "./problems.ts";
import { lookAtAll, placementText } from "./remote.ts";
import { openSite, type Site } from "./site.ts";
import type { LibvirtSpec } from "./experiment/schema.ts";

/** The hosts of a testbed, once all that could keep it from running there was looked for. */
interface Hosts {
  kind: "system" | "embedded" | "remote";
  open: (opts: { parent: pulumi.Resource }) => LibvirtHost[];
  mtu?: number;
  /** Name of each machine's host, where there are several. */
  hostOf?: Readonly<Record<string, string>>;
  hostAddresses?: Readonly<Record<string, string>>;
}

/** Makes a testbed's libvirt host or hosts ready. @param place as it is recorded. */
export function open(
  plan: Plan,
  spec: LibvirtSpec,
  place: Place,
  opts: { parent: pulumi.Resource },
): LibvirtInfrastructure {
  return new LibvirtInfrastructure(planLibvirt(plan), spec, place, opts);
}

/** What all machines of a testbed share on their libvirt host or hosts: connection, storage pool, image, network. */
class LibvirtInfrastructure implements MachineProvider {
  readonly place: Place;
  readonly facts: MachineFacts;
  readonly network: libvirt.Network;
  readonly #plan: LibvirtPlan;
  readonly #sites: readonly [Site, ...Site[]];
  readonly #leased: LeasedMachine[] = [];

  constructor(plan: LibvirtPlan, spec: LibvirtSpec, place: Place, opts: { parent: pulumi.Resource }) {
    const image = machineImage(plan.imageSoftware);
    const hosts = spec.hosts === undefined ? oneHost(plan, spec, place, image) : severalHosts(plan, spec.hosts, image);
    this.place = { id: place.id, ...(hosts.kind === "remote" ? {} : { host: hosts.kind }) };
    const opened = hosts.open(opts);

    this.#plan = plan;
    this.#sites = nonEmpty(opened.map((host) => openSite(plan, host, image, hosts.mtu, opts)));
    this.network = this.#sites[0].network;
    this.facts = {
      host: hosts.kind,
      accelerator: opened.every(({ accelerator }) => accelerator === "kvm") ? "kvm" : "tcg",
      namespace: opened[0]?.namespace,
      image: image.key,
      hostOf: hosts.hostOf,
      hostAddresses: hosts.hostAddresses,
    };
  }

  machine({ name }: MachinePlan, keys: MachineKeys, opts: { parent: pulumi.Resource }): ProvidedMachine {
    const { site, machine } = this.#find(name);
    const { leaseSeconds, network } = this.#plan;
    const wanted = { ...machine, leaseSeconds, prefixLength: network.prefixLength };
    const made = libvirtMachine(site, wanted, keys, this.#prepared(site, machine), opts);
    this.#leased.push({ uri: site.host.uri, id: made.machine.id });
    return made;
  }

  origin({ name }: MachinePlan): string | undefined {
    const { site, machine } = this.#find(name);
    const key = this.#prepared(site, machine);
    return key === undefined ? undefined : `prepared machine ${key.slice(0, 8)}`;
  }

  /** Key of the machine that it is a copy of; undefined where it boots. */
  #prepared(site: Site, machine: LibvirtMachinePlan): string | undefined {
    return this.#plan.boot === "cold" ? undefined : preparedKey(machine, { ...bootOf(site), image: site.image.key });
  }

  #find(name: string): { site: Site; machine: LibvirtMachinePlan } {
    const wanted = this.facts.hostOf?.[name];
    const site = this.#sites.find(({ host }) => host.remote?.name === wanted) ?? this.#sites[0];
    const machine = this.#plan.machines.find((one) => one.name === name);
    if (machine === undefined) throw new Error(`the plan has no machine ${name}`);
    return { site, machine };
  }

  renewLease(): pulumi.Output<unknown> {
    const { leaseSeconds } = this.#plan;
    return leaseSeconds === undefined ? pulumi.output(undefined) : renewLeases(leaseSeconds, this.#leased);
  }
}

function oneHost(plan: LibvirtPlan, spec: LibvirtSpec, place: Place, image: ReturnType<typeof machineImage>): Hosts {
  const { kind, remark } = chooseHost(plan.name, spec.host, place.host);
  // The embedded host has a namespace of its own, with no firewall in it.
  const firewall =
    kind === "system" && plan.machines.length > 1 ? firewallProblems(plan.onHost.bridge, lookAtFirewall()) : [];
  stopAtErrors([...capacityProblems(plan, factsOf(plan, kind)), ...imageProblems(image), ...firewall]);
  if (remark !== undefined) void pulumi.log.warn(remark);
  return { kind, open: (opts) => [openHost(plan, kind, opts)] };
}

function severalHosts(plan: LibvirtPlan, uris: readonly string[], image: ReturnType<typeof machineImage>): Hosts {
  const { problems, hosts, hostOf, mtu } = lookAtAll(plan, uris);
  stopAtErrors([...forced(problems), ...imageProblems(image)]);
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
