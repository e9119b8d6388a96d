import type * as pulumi from "@pulumi/pulumi";
import type { Place } from "../local/place.ts";
import type { MachinePlan, Plan } from "./plan/types.ts";
import type { Capabilities } from "./experiment/infrastructure.ts";
import type { ProviderSpec } from "./experiment/whole/provider.ts";

/** A machine that exists. */
export interface MachineResource {
  /** The machine itself. Another id is another machine, on which all has to be done again; what is on it goes with it. */
  machine: pulumi.CustomResource;
  /** Registered once the machine answers by ssh. */
  ready: pulumi.Resource;
}

/** What a testbed's machines are on, of whatever kind: it creates machines that answer by ssh. */
export interface InfrastructureProvider {
  machine(plan: MachinePlan, opts: { parent: pulumi.Resource }): MachineResource;
  /** Called when all machines are registered; resolves when the lease that stands with each of them has begun anew. */
  renewLease(): pulumi.Output<unknown>;
  /** {@link MachineProvider.origin}. */
  origin(plan: MachinePlan): string | undefined;
  /** The machines' network: what listens at the host's address in it comes after it. */
  readonly network: pulumi.Resource;
  readonly facts: InfrastructureFacts;
}

/** What software, network and outputs ask. */
export interface InfrastructureFacts extends Capabilities, MachineFacts {
  kind: ProviderSpec["kind"];
}

/** What a kind of infrastructure knows once it is open. */
export interface MachineFacts {
  /** Which hosts of its the machines are on, in the kind's own word, for reports. */
  host?: string;
  /** How virtual machines run; absent: it is none of what this kind decides. */
  accelerator?: "kvm" | "tcg";
  /** Network namespace through which the machines are reached, where there is one. */
  namespace?: string;
  /** What the machines start from; of an image that is built here, its content key. */
  image: string;
  /** Name of each machine's host, where there are several. */
  hostOf?: Readonly<Record<string, string>>;
  /** Each host's address in the machines' network, by its name. */
  hostAddresses?: Readonly<Record<string, string>>;
}

/** What opens a machine. Keys are in OpenSSH's text forms. */
export interface MachineKeys {
  /** Who may log in: one line, "ssh-ed25519 AAAA...". */
  publicKey: pulumi.Output<string>;
  /** What the machine shows to clients, its private half in PEM lines. */
  host: pulumi.Output<{ publicKey: string; privateKey: string }>;
}

/** A machine as its kind makes it, and how one gets to it. */
export interface ProvidedMachine {
  machine: pulumi.CustomResource;
  /** What has to be there, beside the machine, before it can be reached. */
  after: readonly pulumi.Resource[];
  /** Longest wait for its answer without anything new on its console, in seconds; without a console, in all. */
  timeoutSeconds: number;
  /** File on this host with its serial console. */
  consoleLog?: string;
  /** URI of the host that it is reached through, by ssh; absent: it is reached from here. */
  through?: string;
}

/** A kind of infrastructure made ready for one testbed. */
export interface MachineProvider {
  machine(plan: MachinePlan, keys: MachineKeys, opts: { parent: pulumi.Resource }): ProvidedMachine;
  /** As an infrastructure's. Absent: nothing of a lease stands with machines of this kind. */
  renewLease?(): pulumi.Output<unknown>;
  /** What a machine starts from, for people, where that is not its own boot: "prepared machine 3f9c6ad2". */
  origin?(plan: MachinePlan): string | undefined;
  readonly network: pulumi.Resource;
  readonly facts: MachineFacts;
  /** To be recorded for all later runs: as it was, with what the kind has answered once and for all. */
  readonly place: Place;
}

/** What a kind's module has, which `load` of its `kind.ts` gives. */
export interface InfrastructureModule {
  /**
   * Makes ready what all machines of a testbed share.
   *
   * @param provider as the kind's own schema reads it.
   * @param place as it is recorded.
   * @throws pulumi.RunError where the testbed can't be built on it.
   */
  open(plan: Plan, provider: ProviderSpec, place: Place, opts: { parent: pulumi.Resource }): MachineProvider;
}
