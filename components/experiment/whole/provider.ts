import { z } from "zod";
import type { Capabilities, CommonProviderSpec, InfrastructureKind } from "../infrastructure.ts";
import * as infrastructureKinds from "./infrastructureKinds.ts";
import type { Rule } from "../rule.ts";

type Schema = (typeof infrastructureKinds)[keyof typeof infrastructureKinds]["schema"];

const schemas = Object.values(infrastructureKinds).map(({ schema }) => schema) as [Schema, ...Schema[]];

/** Of an experiment that names none. */
const usualKind: keyof typeof infrastructureKinds = "libvirt";

/** The kinds of infrastructure there are, told apart by `kind`. */
export const providerSchema = z
  .discriminatedUnion("kind", schemas)
  .meta({ description: "Where the machines come from.", examples: [{ kind: usualKind }] });

export type ProviderSpec = z.output<typeof providerSchema>;

/** What an experiment that says nothing of it has. */
export const usualProvider: z.input<typeof providerSchema> = { kind: usualKind };

/** What can be wrong with the chosen kind. */
export function infrastructureRules(provider: ProviderSpec): readonly Rule[] {
  return kindOf(provider).rules(provider);
}

/** What the chosen kind can do. */
export function capabilitiesOf(provider: ProviderSpec): Capabilities {
  return kindOf(provider).capabilities(provider);
}

/** The kind takes what its own schema gave: the table holds both together, which types can't tell. */
function kindOf({ kind }: ProviderSpec): InfrastructureKind<CommonProviderSpec> {
  return infrastructureKinds[kind] as unknown as InfrastructureKind<CommonProviderSpec>;
}
