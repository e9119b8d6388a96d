import type { z } from "zod";
import type { JsonValue } from "../experiment/jsonValue.ts";
import type { Rule } from "../experiment/rule.ts";
import type { ExperimentDraft } from "../experiment/draft.ts";
import type { TierName } from "../experiment/tier.ts";
import type { ArtifactSet } from "./artifacts.ts";

/**
 * A kind of software: all that the rest of Strata knows of it, as plain values and functions without Pulumi. What nothing
 * is said of, it does not have.
 */
export interface SoftwareKind<Schema extends z.ZodType = z.ZodType> {
  /** What people call it, in help and messages. */
  title: string;
  /** An entry of an experiment's list `software`; its `kind` is the literal that the table has it under. */
  schema: Schema;
  /** What must hold between an entry and the rest of the experiment; `i` is its place in the list. */
  rules(entry: z.output<Schema>, i: number): Rule[];
  /** Rules of experiments with and without it: what other sections ask of it. */
  generalRules?: readonly Rule[];
  /** Ansible roles of one machine, in the order they run; none where it does not run on the machine. */
  roles(entry: z.output<Schema>, machine: MachinePlace, testbed: Surroundings): RolePlan[];
  /** Addresses that it takes for itself, "10.244.0.0/16": a testbed's own network keeps clear of them. */
  ranges?(entry: z.output<Schema>): string[];
  /** Passwords that are made for it, by name: its roles find each in `strata_passwords`/NAME. */
  passwords?: readonly string[];
  /** What it adds to the machine image. */
  image: ImagePart;
  /** Programs and container images that its machines get through the mirror. */
  artifacts?: ArtifactSet;
  /**
   * Shell command, for root on a machine that has it, that succeeds where it is well: by that a testbed that was brought back
   * is judged. Absent: nothing is asked.
   */
  health?: string;
  /**
   * When `strata setup` prepares its part of the machine image: "always", or where it is "asked" for by the kind's name
   * (`strata setup --NAME`), as it takes long. Absent: the first `strata up` that needs it does.
   */
  setup?: "always" | "asked";
}

/** A kind that also has resources of its own, which come after the machines that have its roles. */
export interface DeployedKind<
  Schema extends z.ZodType = z.ZodType,
  Deployment = unknown,
  Outputs extends z.ZodType = z.ZodType,
> extends SoftwareKind<Schema> {
  /** Roles that its resources come after, with all roles before them; a machine's other roles come after the resources. */
  deployedAfter: readonly string[];
  /** What its resources are made from. The plan has it under the kind's name. */
  deployment(entry: z.output<Schema>, testbed: Surroundings): Deployment;
  /**
   * What the testbed's outputs say of it, under the kind's name; and an entry of an experiment by which that may have come,
   * as far as rules of benchmarks ask. @param tierOf of a machine.
   */
  outputs: {
    schema: Outputs;
    of(deployment: Deployment): z.output<Outputs>;
    entry(outputs: z.output<Outputs>, tierOf: (machine: string) => TierName | undefined): object;
  };
}

/** A machine by tier and index: what it runs depends on these alone, never on how many machines there are. */
export interface MachinePlace {
  tier: TierName;
  index: number;
}

/** What a kind may know of the testbed that it is in. */
export interface Surroundings {
  tiers: ExperimentDraft["tiers"];
  machineName: (tier: TierName, index: number) => string;
  machineAddress: (tier: TierName, index: number) => string;
  /** The host's own address in the machines' network, where their names are resolved. */
  hostAddress: string;
  /** Where the machines find container images (as a registry) and files (below /files/). */
  mirror: string;
}

export interface RolePlan {
  /** Folder name under ansible/roles. */
  role: string;
  variables: Record<string, JsonValue>;
}

export interface ImagePart {
  /** Debian packages. */
  packages: readonly string[];
  /** Packages whose programs it brings itself: two containerds on one path start each other's shims. */
  insteadOf?: readonly string[];
  /** Least size of the root file system, where the usual one has no room for it. */
  diskMib?: number;
}
