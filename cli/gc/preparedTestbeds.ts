import { rm } from "node:fs/promises";
import { heldBy } from "../../local/lock.ts";
import { asOwner, ownerFile } from "../testbed/owner.ts";
import { snapshotDirectory } from "../snapshots/folder.ts";
import { lastUsedOf } from "../snapshots/lastUsed.ts";
import { listSnapshots, type ListedSnapshot } from "../snapshots/list.ts";
import type { Leftover, LeftoverKind } from "./leftover.ts";

/** Snapshots that `up` has made by itself (`prepared: testbed`); those that have a name of the user's are the user's. */
export const preparedTestbeds: LeftoverKind = { name: "prepared testbeds", of: "cache", list };

async function list(): Promise<Leftover[]> {
  const automatic = listSnapshots(undefined).filter((one) => one.automatic);
  return Promise.all(automatic.map(leftover));
}

async function leftover({ stack, name, bytes }: ListedSnapshot): Promise<Leftover> {
  return {
    what: `snapshot ${name} of ${stack}`,
    bytes,
    lastUsed: lastUsedOf(stack, name),
    inUse: await heldBy(ownerFile(stack)),
    remove: async () => {
      await asOwner("gc", stack, () => rm(snapshotDirectory(stack, name), { recursive: true, force: true }));
      return undefined;
    },
  };
}
