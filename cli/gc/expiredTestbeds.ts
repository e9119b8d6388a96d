import type { Tell } from "../../events/event.ts";
import { heldBy, holderOf, isOrphaned } from "../../local/lock.ts";
import { recordedLease, secondsLeft } from "../../local/lease.ts";
import { spanText } from "../../local/timeSpan.ts";
import { environmentOfEngine } from "../../setup/pulumi/environment.ts";
import { destroyOwned } from "../testbed/destroy.ts";
import { asOwner, ownerFile } from "../testbed/owner.ts";
import { stackNames } from "../pulumi/run.ts";
import { interrupted } from "../terminal/reportError.ts";
import { UserError } from "../terminal/userError.ts";
import type { Leftover, LeftoverKind } from "./leftover.ts";

/** Testbeds of this state directory that have a lease; those that have outlived it go the way of `strata destroy`. */
export const expiredTestbeds: LeftoverKind = { name: "testbeds with a lease", of: "testbeds", list };

async function list(): Promise<Leftover[]> {
  // Without an engine there is no stack.
  const stacks = environmentOfEngine() === undefined ? [] : await stackNames();
  const found = await Promise.all(stacks.map(leftover));
  return found.filter((one) => one !== undefined);
}

async function leftover(stack: string): Promise<Leftover | undefined> {
  const lease = recordedLease(stack);
  if (lease === undefined) return undefined;
  const left = secondsLeft(lease);
  return {
    what: `testbed ${stack}`,
    bytes: 0,
    inUse: left > 0 ? `its lease expires in ${spanText(left)}` : await user(stack),
    ...(left > 0 ? {} : { why: `its lease expired ${spanText(-left)} ago` }),
    remove: (tell) => remove(stack, tell),
  };
}

/** Who works with a testbed. What a killed command's engine finishes is waited for. */
async function user(stack: string): Promise<string | undefined> {
  const held = await heldBy(ownerFile(stack));
  const holder = holderOf(ownerFile(stack));
  return holder !== undefined && isOrphaned(holder) ? undefined : held;
}

async function remove(stack: string, tell: Tell | undefined): Promise<string | undefined> {
  return asOwner("gc", stack, async () => {
    // An up has been faster.
    const lease = recordedLease(stack);
    if (lease === undefined || secondsLeft(lease) > 0) return "its lease was renewed meanwhile";
    const { exitStatus } = await destroyOwned(stack, { yes: true, tell });
    if (exitStatus === 0) return undefined;
    if (exitStatus === interrupted) throw new DOMException("interrupted", "AbortError");
    throw new UserError(`testbed ${stack} could not be removed; look at it: strata destroy ${stack}`);
  });
}
