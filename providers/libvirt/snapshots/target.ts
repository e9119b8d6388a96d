import { constants } from "node:fs";
import { access } from "node:fs/promises";
import type { Operation } from "../../kit/crud.ts";
import { ProviderError } from "../../kit/plain/errors.ts";
import { domainDefinition } from "../resources/domainDefinition.ts";
import { factsOf, isRunning, xmlOf } from "../resources/domainFacts.ts";
import type { DomainInputs } from "../resources/domainInputs.ts";
import { diskOf, type OwnDisk } from "../resources/startCopy.ts";
import { ifExists } from "../rpc/errors.ts";
import type { Libvirt } from "../rpc/libvirt.ts";
import { domains, type DomainRef } from "../rpc/procedures.ts";
import { identityChannel } from "../saved/wake.ts";
import { readXml } from "../xml/document.ts";
import type { DomainDefinition } from "../xml/domain.ts";
import { ownerDigits, ownerOf, sameOwner, takenMessage } from "../xml/ownership.ts";

/** A machine as a state of the engine's has it. */
export interface StateMachine {
  /** As the user calls it, the last part of its URN. */
  name: string;
  urn: string;
  /** Its resource's id. */
  uuid: string;
  given: DomainInputs;
  /** The hypervisor that it runs on: "kvm", "qemu". */
  type: string;
}

/** A machine of a snapshot's, on its host. */
export interface Target {
  machine: StateMachine;
  ref: DomainRef;
  definition: DomainDefinition;
  disk: OwnDisk;
}

/** What of a machine is looked for at its host, as an operation on its resource. */
export type OnMachine = Omit<Operation<Libvirt>, "urn" | "name">;

export const operationOn = (machine: StateMachine, on: OnMachine): Operation<Libvirt> => ({
  ...on,
  urn: machine.urn,
  name: machine.name,
});

/** Where its memory is while it is saved: one volume a machine, whose name says whose it is. */
export const memoryName = ({ given, urn }: StateMachine): string => `${given.name}.memory-${ownerDigits(ownerOf(urn))}`;

/**
 * The machine that is there, whether it runs or not. @returns undefined where there is none.
 *
 * @throws ProviderError where the name is another's.
 */
export async function findOwn(context: Libvirt, machine: StateMachine): Promise<DomainRef | undefined> {
  const ref = (await ifExists(context.call(domains.lookupByName, { name: machine.given.name })))?.domain;
  if (ref === undefined) return undefined;
  const { owner } = await factsOf(context, ref);
  if (sameOwner(owner, ownerOf(machine.urn))) return ref;
  throw new ProviderError(takenMessage("machine", machine.given.name, owner));
}

/** The same, for who wants to save it. @throws ProviderError with why it can't be. */
export async function targetOf(on: OnMachine, machine: StateMachine): Promise<Target> {
  const { context } = on;
  const ref = await findOwn(context, machine);
  if (ref === undefined) throw new ProviderError(`machine ${machine.name} is not there`);
  if (!isRunning(ref)) throw new ProviderError(`machine ${machine.name} does not run`);
  const channels =
    readXml("domain", await xmlOf(context, ref, "live"))
      .at("devices")
      ?.all("channel") ?? [];
  if (!channels.some((channel) => channel.at("target")?.attribute("name") === identityChannel)) {
    throw new ProviderError(
      `machine ${machine.name} has no port by which it could be held still, as it was made to boot; write machines: { boot: prepared }`,
    );
  }
  const { disks } = await factsOf(context, ref);
  const definition = await domainDefinition(context, machine.urn, machine.given, disks);
  return { machine, ref, definition, disk: await diskOf(context, definition) };
}

/** Whether this process can read a file of the host's itself: then it need not come through libvirt. */
export async function isReadable(context: Libvirt, path: string): Promise<boolean> {
  if (context.isRemote) return false;
  return access(path, constants.R_OK).then(
    () => true,
    () => false,
  );
}
