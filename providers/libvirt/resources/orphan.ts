import type { Operation } from "../../kit/crud.ts";
import { ProviderError } from "../../kit/plain/errors.ts";
import { ifExists } from "../rpc/errors.ts";
import type { Libvirt } from "../rpc/libvirt.ts";
import { domains, networks, pools, type DomainRef, type NetworkRef, type PoolRef } from "../rpc/procedures.ts";
import type { Lease } from "../xml/metadata.ts";
import { readNetwork } from "../xml/network.ts";
import { sameOwner, sameStack, type Owner } from "../xml/ownership.ts";
import type { DomainFacts } from "../xml/readDomain.ts";
import { removeMachine } from "./domain.ts";
import { factsOf } from "./domainFacts.ts";
import { removeMarked } from "./leftVolumes.ts";
import { removeNetwork } from "./network.ts";
import { poolUuids, removePool, type PoolOrigin } from "./poolOrigin.ts";
import { powerOff } from "./power.ts";
import { findVolumeById } from "./volumes.ts";

/** A machine that some stack has made, as the mark in it says. */
export interface MarkedMachine {
  name: string;
  uuid: string;
  owner: Owner;
  lease?: Lease;
}

/** All machines of a daemon that have a mark. */
export async function machinesWithMarks(context: Libvirt): Promise<MarkedMachine[]> {
  const { domains: all } = await context.call(domains.list, { needResults: 1, flags: 0 });
  const found = await Promise.all(
    all.map(async (ref): Promise<MarkedMachine[]> => {
      // One may go in between.
      const facts = await ifExists(factsOf(context, ref));
      if (facts?.owner === undefined) return [];
      const { owner, lease } = facts;
      return [{ name: ref.name, uuid: ref.uuid, owner, ...(lease === undefined ? {} : { lease }) }];
    }),
  );
  return found.flat().sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Removes, without any state of the engine's, what a stack has on a host: its machines, what is marked as its own in the pools
 * of their disks, those pools and their networks. The machines themselves, off, are the last to go: whoever is killed in
 * between finds the rest by them.
 *
 * @param machines all of one stack and state.
 * @param poolOf URN of the pool that the stack has beside a network: a pool is known by its own alone.
 * @returns a sentence of each thing that stays.
 * @throws ProviderError where one of the machines is another's by now; nothing is removed then.
 */
export async function removeStack(
  context: Libvirt,
  machines: readonly Omit<MarkedMachine, "lease">[],
  poolOf: (networkUrn: string) => string,
): Promise<string[]> {
  const [first] = machines;
  if (first === undefined) return [];
  const { owner } = first;
  const own = (await Promise.all(machines.map((machine) => findOwn(context, machine)))).filter(
    (one) => one !== undefined,
  );
  const ownNetworks = await networksOf(context, own, owner);
  await Promise.all(own.map(({ ref }) => powerOff(context, ref)));
  const said: string[] = [];
  const operation: Operation<Libvirt> = {
    ...{ urn: owner.urn, name: first.name, context, signal: new AbortController().signal },
    log: (severity, message) => {
      if (severity === "warning") said.push(message);
    },
  };
  // By their machines' disks; they may be another's, which stay.
  for (const pool of await poolsOf(context, own)) await removeMarked(context, pool, owner, "all");
  for (const { urn } of ownNetworks) {
    for (const [origin, uuid] of Object.entries(poolUuids({ ...owner, urn: poolOf(urn) }))) {
      const pool = (await ifExists(context.call(pools.lookupByUuid, { uuid })))?.pool;
      if (pool === undefined) continue;
      await removeMarked(context, pool, owner, "all");
      await removePool(operation, pool, origin as PoolOrigin);
    }
  }
  for (const { ref } of ownNetworks) await removeNetwork(context, ref);
  for (const { ref } of own) await removeMachine(context, ref);
  return said;
}

interface Own {
  ref: DomainRef;
  facts: DomainFacts;
}

/** @throws ProviderError where the machine is another's by now. */
async function findOwn(
  context: Libvirt,
  { name, uuid, owner }: Omit<MarkedMachine, "lease">,
): Promise<Own | undefined> {
  const ref = (await ifExists(context.call(domains.lookupByUuid, { uuid })))?.domain;
  if (ref === undefined) return undefined;
  const facts = await factsOf(context, ref);
  if (sameOwner(facts.owner, owner)) return { ref, facts };
  throw new ProviderError(`machine "${name}" at ${context.uri} has another owner by now; nothing was removed`);
}

/** The networks of that stack that machines are on. */
async function networksOf(
  context: Libvirt,
  machines: readonly Own[],
  owner: Owner,
): Promise<{ ref: NetworkRef; urn: string }[]> {
  const sources = machines.flatMap(({ facts }) => facts.interfaces.map(({ source }) => source));
  const names = new Set(sources.flatMap((source) => ("network" in source ? source.network : [])));
  const found = [...names].map(async (name) => {
    const ref = (await ifExists(context.call(networks.lookupByName, { name })))?.network;
    const mark = ref && readNetwork((await context.call(networks.xml, { network: ref, flags: 0 })).xml).owner;
    return ref && mark && sameStack(mark, owner) ? [{ ref, urn: mark.urn }] : [];
  });
  return (await Promise.all(found)).flat();
}

/** The pools that machines have their disks in, whoever made those. */
async function poolsOf(context: Libvirt, machines: readonly Own[]): Promise<PoolRef[]> {
  const paths = new Set(machines.flatMap(({ facts }) => facts.disks.map(({ path }) => path)));
  const found = [...paths].map(async (path) => {
    const volume = await findVolumeById(context, path);
    return volume && (await ifExists(context.call(pools.lookupByVolume, { volume })))?.pool;
  });
  const all = (await Promise.all(found)).filter((pool) => pool !== undefined);
  return [...new Map(all.map((pool) => [pool.uuid, pool])).values()];
}
