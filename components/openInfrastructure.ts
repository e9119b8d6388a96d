import * as pulumi from "@pulumi/pulumi";
import { Credentials, Reachable } from "@strata/resources";
import { hostKeyOf } from "../providers/strata/access/hostKey.ts";
import { recordLease } from "../local/lease.ts";
import { recordPlace, type Place } from "../local/place.ts";
import { recordStackUse } from "../local/stackUse.ts";
import { spanText } from "../local/timeSpan.ts";
import type {
  InfrastructureModule,
  InfrastructureProvider,
  MachineProvider,
  MachineResource,
  ProvidedMachine,
} from "./infrastructure.ts";
import { takesArtifacts } from "./mirror.ts";
import { passwordNames } from "./plan/whole/software.ts";
import type { MachinePlan, Plan } from "./plan/types.ts";
import * as infrastructureKinds from "./experiment/whole/infrastructureKinds.ts";
import { capabilitiesOf, type ProviderSpec } from "./experiment/whole/provider.ts";

/** Loaded with this file, as a program can't wait where it makes a testbed. */
const modules = Object.fromEntries(
  await Promise.all(
    Object.entries(infrastructureKinds).map(async ([kind, { load }]): Promise<[string, InfrastructureModule]> => [
      kind,
      await load(),
    ]),
  ),
) as Record<ProviderSpec["kind"], InfrastructureModule>;

/** Makes ready what a testbed's machines are on, with the keys that open them. */
export function openInfrastructure(
  plan: Plan,
  spec: ProviderSpec,
  place: Place,
  opts: { parent: pulumi.Resource },
): InfrastructureProvider {
  const provider = modules[spec.kind].open(plan, spec, place, opts);
  if (plan.leaseSeconds !== undefined) void pulumi.log.info(leaseText(plan.leaseSeconds));
  const facts = { kind: spec.kind, ...capabilitiesOf(spec), ...provider.facts };
  // A preview leaves everything as it is.
  if (!pulumi.runtime.isDryRun()) {
    recordPlace(plan.name, provider.place);
    recordLease(plan.name, plan.leaseSeconds);
    const image = facts.builtImage ? facts.image : undefined;
    recordStackUse(plan.name, { image, mirror: plan.software.some(takesArtifacts) });
  }
  const credentials = new Credentials(
    "credentials",
    {
      stack: plan.name,
      namespace: facts.namespace,
      passwords: passwordNames(plan),
      // It is the plugin's default, and older stacks' credentials are not to be written anew.
      ...(facts.user === "root" ? {} : { user: facts.user }),
    },
    opts,
  );
  return {
    network: provider.network,
    facts,
    renewLease: () => provider.renewLease?.() ?? pulumi.output(undefined),
    origin: (machine) => provider.origin?.(machine),
    machine: (machine, parent) => reachableMachine(plan.name, provider, credentials, machine, parent),
  };
}

function leaseText(seconds: number): string {
  return `a lease of ${spanText(seconds)}: each up begins it anew, and strata gc takes away what has outlived it`;
}

function reachableMachine(
  stack: string,
  provider: MachineProvider,
  credentials: Credentials,
  plan: MachinePlan,
  parent: { parent: pulumi.Resource },
): MachineResource {
  const { hostPublicKey, hostPrivateKey } = credentials;
  const host = pulumi
    .all([hostPublicKey, hostPrivateKey])
    .apply(([publicKey, privateKey]) => hostKeyOf(privateKey, plan.name) ?? { publicKey, privateKey });
  const provided = provider.machine(plan, { publicKey: credentials.publicKey, host }, parent);
  // The public half alone, which is no secret; nothing where all machines share the stack's key.
  const told = pulumi.unsecret(hostPrivateKey.apply((seed) => hostKeyOf(seed, plan.name)?.publicKey));
  return { machine: provided.machine, ready: reachable(stack, plan, provided, credentials, told, parent) };
}

function reachable(
  stack: string,
  { name, address }: MachinePlan,
  { machine, after, timeoutSeconds, consoleLog, through }: ProvidedMachine,
  credentials: Credentials,
  hostPublicKey: pulumi.Output<string | undefined>,
  parent: { parent: pulumi.Resource },
): Reachable {
  return new Reachable(
    `${name}-reachable`,
    { stack, machine: name, address, machineId: machine.id, timeoutSeconds, hostPublicKey, consoleLog, through },
    // Not deletedWith the machine: ssh is to forget its name.
    { ...parent, dependsOn: [machine, credentials, ...after] },
  );
}
