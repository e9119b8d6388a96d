import * as libvirt from "@pulumi/libvirt";
import * as pulumi from "@pulumi/pulumi";
import { Credentials } from "@strata/resources";
import { machineImage } from "../../artifacts/machine-image/index.ts";
import { refuse } from "../accept.ts";
import type { InfrastructureFacts, InfrastructureProvider, MachineResource } from "../infrastructure.ts";
import { resourceNames } from "../plan/naming.ts";
import type { MachinePlan, Plan } from "../plan/types.ts";
import type { ProviderSpec } from "../spec/provider.ts";
import { factsOf, hostKind, openHost, type LibvirtHost } from "./host.ts";
import { capacityProblems, imageProblems } from "./problems.ts";
import { uploadImage, type UploadedImage } from "./image.ts";
import { libvirtMachine } from "./machine.ts";

/** What all machines of a testbed share on their libvirt host: connection, storage pool, image, network, keys. */
export class LibvirtInfrastructure implements InfrastructureProvider {
  readonly facts: InfrastructureFacts;
  readonly network: libvirt.Network;
  readonly #plan: Plan;
  readonly #host: LibvirtHost;
  readonly #credentials: Credentials;
  readonly #pool: libvirt.Pool;
  readonly #image: UploadedImage;
  readonly #provider: libvirt.Provider;

  constructor(plan: Plan, spec: ProviderSpec, opts: { parent: pulumi.Resource }) {
    const image = machineImage(plan.imageSoftware);
    const kind = hostKind(spec);
    refuse([...capacityProblems(plan, factsOf(plan, kind)), ...imageProblems(image)]);
    const host = openHost(plan, kind, opts);

    const onHost = { ...opts, provider: host.provider };
    this.#plan = plan;
    this.#host = host;
    this.#provider = host.provider;
    this.#credentials = new Credentials(
      "credentials",
      {
        stack: plan.name,
        namespace: host.namespace,
        passwords: plan.software.some(({ kind }) => kind === "mqtt") ? ["mqtt"] : [],
      },
      opts,
    );
    this.#pool = new libvirt.Pool(
      "pool",
      { name: resourceNames(plan.name).pool, type: "dir", target: { path: host.poolDirectory } },
      // All other resources of libvirt's come after the pool or the network.
      { ...onHost, dependsOn: host.running },
    );
    this.network = new libvirt.Network(
      "network",
      {
        name: resourceNames(plan.name).network,
        mode: "none",
        bridge: plan.network.bridge,
        addresses: [plan.network.cidr],
        hostAddresses: [plan.network.hostAddress],
        dhcp: { enabled: false },
        dns: { enabled: false },
        autostart: false,
      },
      { ...onHost, dependsOn: host.running },
    );
    this.#image = uploadImage(image, this.#pool, host.mayShareFiles, onHost);
    this.facts = {
      kind: "libvirt",
      host: host.kind,
      accelerator: host.accelerator,
      namespace: host.namespace,
      image: image.key,
    };
  }

  machine(machine: MachinePlan, opts: { parent: pulumi.Resource }): MachineResource {
    return libvirtMachine(
      {
        stack: this.#plan.name,
        prefixLength: this.#plan.network.prefixLength,
        host: this.#host,
        credentials: this.#credentials,
        pool: this.#pool,
        network: this.network,
        image: this.#image,
      },
      machine,
      { ...opts, provider: this.#provider },
    );
  }
}
