import type { Operation } from "../../kit/crud.ts";
import type { Libvirt } from "../rpc/libvirt.ts";
import { domains, networks, type DomainRef } from "../rpc/procedures.ts";
import type { DomainDefinition } from "../xml/domain.ts";
import { isRunning } from "./domainFacts.ts";
import type { DomainInputs } from "./domainInputs.ts";
import { shutDown, start, waitForLease } from "./power.ts";

/** Brings a defined machine into the wanted state: autostart, running or not, and with the leases that are waited for. */
export async function settle(
  operation: Operation<Libvirt>,
  ref: DomainRef,
  definition: DomainDefinition,
  given: DomainInputs,
): Promise<void> {
  const { context } = operation;
  await context.call(domains.setAutostart, { domain: ref, autostart: given.autostart ?? false });
  const running = given.running ?? true;
  if (!running && isRunning(ref)) await shutDown(operation, ref, given.graceful);
  if (!running || isRunning(ref)) return;
  await start(context, ref);
  await Promise.all(
    (given.networkInterfaces ?? []).map(async ({ waitForLease: wanted }, index) => {
      const target = definition.interfaces[index];
      if (wanted !== true || target === undefined || "bridge" in target.source) return;
      const { network } = await context.call(networks.lookupByName, { name: target.source.network });
      await waitForLease(operation, network, target.mac);
    }),
  );
}
