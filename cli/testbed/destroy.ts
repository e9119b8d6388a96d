import { rm } from "node:fs/promises";
import type { Tell } from "../../events/event.ts";
import { leaseRecord } from "../../local/lease.ts";
import { placeFile } from "../../local/place.ts";
import { stackDirectory } from "../../local/stateDirectory.ts";
import { closeHost, ensureHost, hostStatus } from "../../providers/strata/host/host.ts";
import { agreed, consent } from "./consent.ts";
import { runEngine, type Ended } from "../engine/run.ts";
import { finishPending } from "./pending.ts";
import { pulumiOutput, runPulumi, stackNames } from "../pulumi/run.ts";
import { noteEnd } from "../snapshots/interrupted.ts";
import { UserError } from "../terminal/userError.ts";

/** Destroys a testbed, for who has it (owner.ts), and the stack itself. */
export async function destroyOwned(stack: string, { yes, tell }: { yes?: boolean; tell?: Tell }): Promise<Ended> {
  const stacks = await stackNames();
  if (!stacks.includes(stack)) {
    throw new UserError(
      `there is no testbed ${stack}${stacks.length > 0 ? `; there are: ${stacks.join(", ")}` : ", nor any other"}`,
    );
  }
  // After a reboot of the host, the embedded host must run to give its machines back.
  await ensureHost();
  await finishPending(stack);
  const operation = ["destroy", "--stack", stack];
  const given = yes ? agreed : await consent([...operation, "--preview-only"], tell);
  const ended = await runEngine([...operation, ...given], false, tell);
  if (ended.exitStatus !== 0) return ended;
  // Of an up that was killed before the engine knew that it uses the host.
  if ((await hostStatus()).leases.includes(stack)) {
    for (const sentence of await closeHost(stack)) process.stderr.write(`warning: ${sentence}\n`);
  }
  // The stack itself is the last to go: until then, a destroy that was killed can be run again.
  for (const own of [stackDirectory(stack), placeFile(stack)]) await rm(own, { recursive: true, force: true });
  const removal = ["stack", "rm", stack, "--yes"];
  const exitStatus = tell === undefined ? await runPulumi(removal) : await pulumiOutput(removal).then(() => 0);
  // After the stack: until then, whoever takes away what has outlived its lease finds it.
  await rm(leaseRecord(stack), { force: true });
  // Only now: who was not agreed with has a testbed that is not whole.
  noteEnd(stack);
  return { ...ended, exitStatus };
}
