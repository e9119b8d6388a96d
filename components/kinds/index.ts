import type { z } from "zod";
import type { DeployedKind, SoftwareKind } from "./kind.ts";
import { kinds } from "./table.ts";

type Kinds = typeof kinds;

/** Name of a kind of software. */
export type KindName = keyof Kinds;

/** Name of a kind that has resources beside its machines' roles. */
export type DeployedKindName = {
  [Name in KindName]: Kinds[Name] extends DeployedKind ? Name : never;
}[KindName];

/** What the resources of a kind are made from. */
export type DeploymentOf<Name extends DeployedKindName> = ReturnType<Kinds[Name]["deployment"]>;

/** The schema of what a kind's resources say in the testbed's outputs. */
export type OutputsSchemaOf<Name extends DeployedKindName> = Kinds[Name]["outputs"]["schema"];

/** The schema of any kind's entry. */
export type KindSchema = Kinds[KindName]["schema"];

/** An entry of an experiment's list of software. */
export type SoftwareSpec = z.output<KindSchema>;

export const kindNames = Object.keys(kinds) as KindName[];

/** A kind, of which one knows no more than of others. */
export function kindOf(name: KindName): SoftwareKind {
  return kinds[name];
}

/** Whether a kind has resources of its own. */
export function isDeployed(name: KindName): name is DeployedKindName {
  return "deployedAfter" in kinds[name];
}

/** The same as `kindOf`, of a kind that has resources of its own. */
export function deployedKindOf(name: DeployedKindName): DeployedKind {
  return kinds[name];
}
