import type { z } from "zod";
import type { Rule } from "./rule.ts";

/** What all kinds have in `provider`. */
export interface CommonProviderSpec {
  kind: string;
  /** Address range of the testbed; absent: one derived from its name and place. */
  network?: string;
}

/** What a kind of infrastructure can do, as far as anything else asks: never which kind it is. */
export interface Capabilities {
  /** How this host reaches the machines: it is in their network, or goes by ssh through the hosts that they are on. */
  reach: "network" | "ssh";
  /** How artifacts get to them: at this host's address in their network, or through a tunnel to each one's loop-back interface. */
  artifacts: "network" | "tunnel";
  /** The machines' network device, whose packets are shaped. */
  device: string;
  /** Who logs in to the machines by ssh; what is done there needs root's rights. */
  user: string;
  /** They start from the machine image that is built here. */
  builtImage: boolean;
  /** They can start as copies of a machine that was saved with its memory, and be saved so themselves. */
  prepares: boolean;
}

/**
 * A kind of infrastructure, as far as it is known without any resource: `kind.ts` of a folder of components/, and one line in
 * infrastructureKinds.ts.
 */
export interface InfrastructureKind<Spec extends CommonProviderSpec> {
  /** What `provider` may be for it, told apart by `kind`. */
  schema: z.ZodObject & z.ZodType<Spec>;
  /** What can be wrong between its fields, and with the rest of the experiment. */
  rules: (provider: Spec) => readonly Rule[];
  capabilities: (provider: Spec) => Capabilities;
  /** Types of resources, by how they begin, that are outside of the machines and would stay after them. */
  resources: readonly string[];
  /** What makes its machines (components/infrastructure.ts says how), which comes with its SDKs. */
  load: () => Promise<object>;
  /** How its machines are saved with their memory (components/contract/snapshots.ts says how). Absent: they can't be. */
  snapshots?: () => Promise<object>;
}
