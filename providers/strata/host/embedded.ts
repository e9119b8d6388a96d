import { z } from "zod";
import { resource } from "../../kit/crud.ts";
import { embeddedHost } from "../../kit/embeddedHost.ts";
import { closeHost, hostStatus, openHost } from "./host.ts";

const inputs = z.strictObject({ stack: z.string() });

type Inputs = z.infer<typeof inputs>;

interface Outputs {
  uri: string;
  namespace: string;
}

/** A stack's use of the libvirt daemon that this state directory has in a network namespace of its own. */
export const embedded = resource<Inputs, Outputs, null>({
  token: "strata:host:Embedded",
  inputs,
  replaceOn: ["stack"],
  drift: async (_operation, { inputs: { stack } }) => {
    const { state, leases } = await hostStatus();
    return state === "running" && leases.includes(stack) ? [] : ["uri"];
  },
  create: async (_operation, { stack }) => {
    const host = await openHost(stack);
    return { id: host.namespace, outputs: outputs() };
  },
  // A daemon that does not run is a difference that `up` mends, not a resource that is gone: its disks are there.
  read: (_operation, _id, { inputs: { stack } }) =>
    Promise.resolve(stack === undefined ? undefined : { inputs: { stack }, outputs: outputs() }),
  update: async (_operation, _id, { stack }) => {
    await openHost(stack);
    return { outputs: outputs() };
  },
  delete: (_operation, _id, { inputs: { stack } }) => closeHost(stack),
});

function outputs(): Outputs {
  const { uri, namespace } = embeddedHost();
  return { uri, namespace };
}
