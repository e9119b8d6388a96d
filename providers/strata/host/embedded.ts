import { z } from "zod";
import { resource } from "../../kit/crud.ts";
import { embeddedHost } from "../../../local/embeddedHost.ts";
import { isStackName } from "../../../local/stateDirectory.ts";
import { closeHost, hostStatus, openHost } from "./host.ts";

const inputs = z.strictObject({
  stack: z.string().refine(isStackName, "is no name of a stack").describe("Stack that uses the host."),
});

export type EmbeddedInputs = z.infer<typeof inputs>;

const outputs = z.strictObject({
  uri: z.string().describe("libvirt connection URI of the daemon."),
  namespace: z.string().describe("Network namespace that the machines' networks are in."),
});

type Outputs = z.infer<typeof outputs>;

/** The daemon is this state directory's. */
export const embedded = resource<EmbeddedInputs, Outputs, null>({
  token: "strata:host:Embedded",
  description:
    "A stack's use of a private libvirt daemon in a network namespace of its own: nothing of the " +
    "machine's network is changed. All stacks of a checkout share it, and the last one's end removes it.",
  inputs,
  outputs,
  replaceOn: ["stack"],
  drift: async (_operation, { inputs: { stack } }) => {
    const { state, leases } = await hostStatus();
    return state === "running" && leases.includes(stack) ? [] : ["uri"];
  },
  create: async (_operation, { stack }) => {
    const host = await openHost(stack);
    return { id: host.namespace, outputs: present() };
  },
  // A daemon that does not run is a difference that `up` mends, not a resource that is gone: its disks are there.
  read: (_operation, _id, { inputs: { stack } }) =>
    Promise.resolve(stack === undefined ? undefined : { inputs: { stack }, outputs: present() }),
  update: async (_operation, _id, { stack }) => {
    await openHost(stack);
    return { outputs: present() };
  },
  delete: async ({ log }, _id, { inputs: { stack } }) => {
    for (const sentence of await closeHost(stack)) log("warning", sentence);
  },
});

function present(): Outputs {
  const { uri, namespace } = embeddedHost();
  return { uri, namespace };
}
