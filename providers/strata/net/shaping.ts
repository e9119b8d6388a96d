import { z } from "zod";
import { resource, type Operation } from "../../kit/crud.ts";
import { ProviderError } from "../../kit/plain/errors.ts";
import { run, SshError, type SshTarget } from "../access/ssh.ts";
import { shapingBatch, shapingChange } from "./batch.ts";
import { readBack } from "./readBack.ts";
import { refusedRule } from "./refusal.ts";
import type { Emulation } from "./rules.ts";
import { applyScript, readScript, removeScript, type Application } from "./script.ts";
import { shapingInputs, type ShapingInputs as Inputs } from "./shapingInputs.ts";

/** Much longer than the 0.5 s that it takes in an emulated machine; the machine answered before, so it is not booting. */
const limitMs = 60_000;

export const shaping = resource<Inputs, object, null>({
  token: "strata:net:Shaping",
  description:
    "Shapes what a machine sends, by whom it sends to, and what it sends and receives in all: htb and " +
    "netem in the machine, kept over its reboots.",
  inputs: shapingInputs,
  formerNames: { domainId: "machineId" },
  outputs: z.strictObject({}),
  replaceOn: ["stack", "address", "device"],
  // Another machine, or none: there is nothing to remove from this one first.
  deleteBeforeReplace: false,
  create: async (operation, wanted) => {
    await apply(operation, wanted, { device: deviceOf(wanted), batch: batchOf(wanted) });
    return { id: `${wanted.stack}/${wanted.machine}/${deviceOf(wanted)}`, outputs: {} };
  },
  read: async (operation, _id, { inputs: known }) => {
    const state = shapingInputs.safeParse(known);
    if (!state.success) {
      throw new ProviderError("strata:net:Shaping can't be imported; `pulumi up` creates it, whatever rules are there");
    }
    const found = await readRules(operation, state.data);
    return { inputs: { ...state.data, access: undefined, ...found }, outputs: {} };
  },
  update: async (operation, _id, wanted, { inputs: old }) => {
    await apply(operation, wanted, applicationOf(wanted, old));
    return { outputs: {} };
  },
  delete: async (operation, _id, { inputs: old }) => {
    try {
      await run(targetOf(old), removeScript(deviceOf(old)), { timeoutMs: limitMs, signal: operation.signal });
    } catch (error) {
      // The machine has gone, or its keys have: so have the rules.
      if (error instanceof SshError && error.kind !== "command" && !operation.signal.aborted) return;
      throw error;
    }
  },
});

async function apply(operation: Operation<null>, wanted: Inputs, application: Application): Promise<void> {
  const bare = Object.keys(wanted.rules).length === 0 && wanted.access === undefined;
  const script = bare ? removeScript(application.device) : applyScript(application);
  try {
    await run(targetOf(wanted), script, { timeoutMs: limitMs, signal: operation.signal });
  } catch (error) {
    if (!(error instanceof SshError)) throw error;
    const rule = refusedRule(error.message, application);
    const which = rule === undefined ? "" : ` (${rule})`;
    throw new ProviderError(`the network rules of ${wanted.machine} could not be applied${which}: ${error.message}`);
  }
}

/** In place if only values changed; as a whole on a new machine, or where a filter has to change. */
function applicationOf(wanted: Inputs, old: Inputs): Application {
  const device = deviceOf(wanted);
  const whole = { device, batch: batchOf(wanted) };
  if (wanted.machineId !== old.machineId) return whole;
  const change = shapingChange(old, wanted, device);
  return change === undefined ? whole : { ...whole, change: { from: batchOf(old), batch: change } };
}

async function readRules(operation: Operation<null>, state: Inputs): Promise<Emulation> {
  try {
    const text = await run(targetOf(state), readScript(deviceOf(state)), {
      timeoutMs: limitMs,
      signal: operation.signal,
    });
    return readBack(text, state);
  } catch (error) {
    if (!(error instanceof SshError) || operation.signal.aborted) throw error;
    operation.log("warning", `the network rules of ${state.machine} could not be read: ${error.message}`);
    return { rules: state.rules, ...(state.access === undefined ? {} : { access: state.access }) };
  }
}

function batchOf(inputs: Inputs): string {
  return shapingBatch(inputs, deviceOf(inputs));
}

function deviceOf({ device = "eth0" }: { device?: string }): string {
  return device;
}

function targetOf({ stack, machine, address }: Inputs): SshTarget {
  return { stack, machine, address };
}
