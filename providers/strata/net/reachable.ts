import { execa } from "execa";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { resource, type Operation } from "../../kit/crud.ts";
import { ProviderError } from "../../kit/errors.ts";
import { timePhase } from "../../kit/phases.ts";
import { forget, isKnown, makeKnown } from "../access/machineFile.ts";
import { run, sshConfigFile, SshError } from "../ssh.ts";
import { consoleTail } from "./consoleTail.ts";

const inputs = z.strictObject({
  stack: z.string(),
  machine: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "is a name for ssh and of a file; write letters, digits, -, . and _"),
  address: z.string(),
  domainId: z.string(),
  timeoutSeconds: z.number().positive().optional(),
  consoleLog: z.string().optional(),
  through: z.string().optional(),
});

type Inputs = z.infer<typeof inputs>;

const defaultLimitSeconds = 300;
/** A machine takes at least 10 s to boot under emulation; until its network is up an attempt takes 3 s to fail. */
const attemptIntervalMs = 500;
const progressIntervalMs = 5000;
/** A machine may generate or install its keys while sshd already listens. */
const patienceWithKeysMs = 20_000;

/** A machine that answers to ssh, with the stack's own keys on both sides. */
export const reachable = resource<Inputs, object, null>({
  token: "strata:net:Reachable",
  inputs,
  replaceOn: ["stack", "address"],
  // Deleting first would replace what depends on it too.
  deleteBeforeReplace: false,
  drift: (_operation, { inputs: machine }) => (isKnown(machine) ? [] : ["machine"]),
  create: async (operation, machine) => {
    // Before it answers: who waits for it may want to look for themselves.
    await makeKnown(machine);
    await timePhase(machine.stack, "boot", machine.machine, () => waitForSsh(operation, machine));
    return { id: `${machine.stack}/${machine.machine}`, outputs: {} };
  },
  read: (_operation, _id, { inputs: known }) => {
    const state = inputs.safeParse(known);
    return Promise.resolve(state.success ? { inputs: state.data, outputs: {} } : undefined);
  },
  update: async (operation, _id, machine, { inputs: old }) => {
    await makeKnown(machine);
    if (machine.machine !== old.machine) await forget(old);
    if (machine.domainId !== old.domainId) await waitForSsh(operation, machine);
    return { outputs: {} };
  },
  // Another address of the same machine has a new file of the same name by then.
  delete: async (_operation, _id, { inputs: machine }) => {
    if (isKnown(machine)) await forget(machine);
  },
});

async function waitForSsh(operation: Operation<null>, machine: Inputs): Promise<void> {
  const { stack, address } = machine;
  await forgetSharedConnection(stack, address);
  const start = Date.now();
  const limitMs = (machine.timeoutSeconds ?? defaultLimitSeconds) * 1000;
  const left = () => limitMs - (Date.now() - start);
  let progressAt = start + progressIntervalMs;
  let refusedSince: number | undefined;
  let reason = "no answer";

  while (left() > 0) {
    operation.signal.throwIfAborted();
    const failure = await trySsh(operation, machine, left());
    if (failure === undefined) return;
    reason = failure.message;
    if (failure.kind !== "authentication") refusedSince = undefined;
    else if (Date.now() - (refusedSince ??= Date.now()) > patienceWithKeysMs) throw failure;
    if (Date.now() >= progressAt) {
      progressAt = Date.now() + progressIntervalMs;
      const last = await consoleTail(machine.consoleLog, 1);
      const seconds = Math.round((Date.now() - start) / 1000);
      operation.log("info", `waiting for ssh since ${seconds} s${last === "" ? "" : `; console: ${last}`}`, true);
    }
    await sleep(Math.max(0, Math.min(attemptIntervalMs, left())), undefined, { signal: operation.signal });
  }
  throw new ProviderError(await timeoutMessage(machine, limitMs, reason));
}

/** A connection left over from a machine that had this address before would only time out. */
async function forgetSharedConnection(stack: string, address: string): Promise<void> {
  const args = ["-F", sshConfigFile(stack), "-O", "exit", address];
  await execa("ssh", args, { timeout: 10_000, reject: false });
}

async function trySsh(operation: Operation<null>, machine: Inputs, leftMs: number): Promise<SshError | undefined> {
  try {
    await run(machine, "exit 0", { timeoutMs: leftMs, signal: operation.signal });
    return undefined;
  } catch (error) {
    if (error instanceof SshError && !operation.signal.aborted) return error;
    throw error;
  }
}

async function timeoutMessage(machine: Inputs, limitMs: number, reason: string): Promise<string> {
  const said = await consoleTail(machine.consoleLog, 20);
  const end =
    said === ""
      ? `Its serial console ${machine.consoleLog === undefined ? "is not recorded" : `(${machine.consoleLog}) is empty`}: it may not have started at all.`
      : `The end of its serial console (${machine.consoleLog ?? ""}):\n${said}`;
  return (
    `${machine.machine} (${machine.address}) did not answer to ssh within ${limitMs / 1000} s: ${reason}. ` +
    `If it is only slow, \`pulumi up\` again goes on waiting. ${end}`
  );
}
