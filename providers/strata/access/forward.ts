import { z } from "zod";
import { resource } from "../../kit/crud.ts";
import { forwardInputs, type ForwardInputs } from "./forwardInputs.ts";
import { endForward, forwardAddress, forwardOf, startForward } from "./forwardProcess.ts";

const outputs = z.strictObject({
  address: z
    .string()
    .describe('Where this host\'s programs reach the target: "127.0.0.1:23456", or the target itself.'),
});

type Outputs = z.infer<typeof outputs>;

export const forward = resource<ForwardInputs, Outputs, null>({
  token: "strata:access:Forward",
  description: "A TCP address of the machines' network, reachable from this host's programs.",
  inputs: forwardInputs,
  outputs,
  replaceOn: ["stack"],
  volatileOutputs: ["address"],
  drift: (_operation, { inputs, outputs }) => {
    const wanted = forwardOf(inputs);
    return wanted === undefined || forwardAddress(wanted) === outputs.address ? [] : ["address"];
  },
  create: async ({ signal }, inputs) => ({
    id: `${inputs.stack}/${inputs.target}`,
    outputs: { address: await open(inputs, undefined, signal) },
  }),
  // A dead process is a difference that `up` mends (see drift), not a resource that is gone.
  read: (_operation, _id, { inputs: known, outputs }) => {
    const state = forwardInputs.safeParse(known);
    return Promise.resolve(state.success ? { inputs: state.data, outputs: outputs as Outputs } : undefined);
  },
  update: async ({ signal }, _id, inputs, { inputs: old, outputs }) => {
    const before = forwardOf(old);
    const same = (["namespace", "through", "target"] as const).every((key) => old[key] === inputs[key]);
    if (before !== undefined && !same) await endForward(before);
    return { outputs: { address: await open(inputs, outputs.address, signal) } };
  },
  delete: async (_operation, _id, { inputs }) => {
    const wanted = forwardOf(inputs);
    if (wanted !== undefined) await endForward(wanted);
  },
});

function open(inputs: ForwardInputs, before: string | undefined, signal: AbortSignal): Promise<string> {
  const wanted = forwardOf(inputs);
  return wanted === undefined ? Promise.resolve(inputs.target) : startForward(inputs.stack, wanted, before, signal);
}
