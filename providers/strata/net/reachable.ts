import { execa } from "execa";
import { z } from "zod";
import { resource, type Operation } from "../../kit/crud.ts";
import { timePhase } from "../../../local/phases.ts";
import { forget, isKnown, makeKnown } from "../access/machineFile.ts";
import { Patience, type Look } from "../../kit/patience.ts";
import { run, sshConfigFile, SshError } from "../access/ssh.ts";
import { consoleTail } from "./consoleTail.ts";

const inputs = z.strictObject({
  stack: z.string().describe("Stack whose credentials are used."),
  machine: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "is a name for ssh and of a file; write letters, digits, -, . and _")
    .describe("Name of the machine, for ssh and for messages."),
  address: z.string().describe("IPv4 address of the machine."),
  machineId: z.string().describe("Identity of the machine: when it changes, the new machine is waited for."),
  timeoutSeconds: z
    .number()
    .positive()
    .optional()
    .describe(
      "Longest wait without anything new on its serial console, in seconds; in all, six times that. Default: 300.",
    ),
  consoleLog: z
    .string()
    .optional()
    .describe("File on this host with the machine's serial console: its end is shown when the wait was in vain."),
  hostPublicKey: z
    .string()
    .regex(/^ssh-ed25519 \S+( |$)/, 'is an Ed25519 key in OpenSSH\'s format: "ssh-ed25519 AAAA..."')
    .optional()
    .describe(
      "Host key that it shows, in OpenSSH's format. Default: the stack's, which all machines of an older stack share.",
    ),
  through: z
    .string()
    .optional()
    .describe(
      'URI of the host that it is reached through, by ssh: libvirt\'s, or "ssh://root@lab1". Default: it is reached from here.',
    ),
});

export type ReachableInputs = z.infer<typeof inputs>;

/** An emulated machine says something every few seconds while it boots, and beside others every minute. */
const defaultLimitSeconds = 300;
/** For one that says something for ever and never answers. */
const outerLimit = 6;
/** A machine takes at least 10 s to boot under emulation; until its network is up an attempt takes 3 s to fail. */
const attemptIntervalMs = 500;
/** A machine may generate or install its keys while sshd already listens: so long after it last said something. */
const patienceWithKeysMs = 30_000;

export const reachable = resource<ReachableInputs, object, null>({
  token: "strata:net:Reachable",
  description: "A machine that answers to ssh, with the stack's keys on both sides.",
  inputs,
  formerNames: { domainId: "machineId" },
  outputs: z.strictObject({}),
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
    if (machine.machineId !== old.machineId) await waitForSsh(operation, machine);
    return { outputs: {} };
  },
  // Another address of the same machine has a new file of the same name by then.
  delete: async (_operation, _id, { inputs: machine }) => {
    if (isKnown(machine)) await forget(machine);
  },
});

async function waitForSsh(operation: Operation<null>, machine: ReachableInputs): Promise<void> {
  const { stack, address } = machine;
  await forgetSharedConnection(stack, address);
  const limitSeconds = machine.timeoutSeconds ?? defaultLimitSeconds;
  // Without a console nothing tells a slow machine from one that hangs.
  const outer = machine.consoleLog === undefined ? 1 : outerLimit;
  const patience = new Patience(operation, { stillSeconds: limitSeconds, mostSeconds: outer * limitSeconds });
  let refused: { since: number; sign: string | undefined } | undefined;
  const what = `${machine.machine} (${address}) to answer to ssh`;
  await patience.until(
    what,
    () => advice(machine),
    attemptIntervalMs,
    async (): Promise<Look<undefined>> => {
      const failure = await trySsh(operation, machine, patience.leftMs);
      if (failure === undefined) return { done: undefined };
      const sign = await consoleSign(machine);
      if (failure.kind !== "authentication") refused = undefined;
      else if (refused === undefined || refused.sign !== sign) refused = { since: Date.now(), sign };
      else if (Date.now() - refused.since > patienceWithKeysMs) throw failure;
      return { pending: failure.message, sign };
    },
  );
}

async function consoleSign({ consoleLog }: ReachableInputs): Promise<string | undefined> {
  const last = await consoleTail(consoleLog, 1);
  return last === "" ? undefined : `console: ${last}`;
}

/** A connection left over from a machine that had this address before would only time out. */
async function forgetSharedConnection(stack: string, address: string): Promise<void> {
  const args = ["-F", sshConfigFile(stack), "-O", "exit", address];
  await execa("ssh", args, { timeout: 10_000, reject: false });
}

async function trySsh(
  operation: Operation<null>,
  machine: ReachableInputs,
  leftMs: number,
): Promise<SshError | undefined> {
  try {
    await run(machine, "exit 0", { timeoutMs: leftMs, signal: operation.signal });
    return undefined;
  } catch (error) {
    if (error instanceof SshError && !operation.signal.aborted) return error;
    throw error;
  }
}

async function advice({ consoleLog }: ReachableInputs): Promise<string> {
  const said = await consoleTail(consoleLog, 20);
  const end =
    said === ""
      ? `Its serial console ${consoleLog === undefined ? "is not recorded" : `(${consoleLog}) is empty`}: it may not have started at all.`
      : `The end of its serial console (${consoleLog ?? ""}):\n${said}`;
  return `If it is only slow, \`pulumi up\` again goes on waiting. ${end}`;
}
