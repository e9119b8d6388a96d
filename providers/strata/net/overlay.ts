import { z } from "zod";
import { resource, type Operation } from "../../kit/crud.ts";
import { ProviderError } from "../../kit/plain/errors.ts";
import { remoteOfUri, type RemoteHost } from "../../kit/plain/remoteHost.ts";
import { runOnHost } from "../../kit/plain/remoteShell.ts";
import { overlayInputs, type OverlayInputs } from "./overlayInputs.ts";
import { overlayReadScript, overlayRemoveScript, overlayScript, readOverlay } from "./overlayScript.ts";

/** Much longer than the second that it takes: a host may be busy starting machines. */
const limitMs = 60_000;

export const overlay = resource<OverlayInputs, object, null>({
  token: "strata:net:Overlay",
  description:
    "A host's end of the network that a testbed's hosts share: a VXLAN device in the bridge of its machines.",
  inputs: overlayInputs,
  outputs: z.strictObject({}),
  replaceOn: ["uri", "device"],
  inPlace: (key, olds, news) => key === "uri" && sameHost(olds, news),
  create: async (operation, wanted) => {
    await run(operation, wanted, overlayScript(wanted));
    return { id: `${wanted.device}@${hostOf(wanted).host}`, outputs: {} };
  },
  read: async (operation, _id, { inputs: known }) => {
    const state = overlayInputs.safeParse(known);
    if (!state.success) {
      throw new ProviderError("strata:net:Overlay can't be imported; `pulumi up` takes over a device of its name");
    }
    const found = readOverlay(await run(operation, state.data, overlayReadScript(state.data.device)), state.data);
    return found && { inputs: found, outputs: {} };
  },
  update: async (operation, _id, wanted) => {
    await run(operation, wanted, overlayScript(wanted));
    return { outputs: {} };
  },
  delete: async (operation, _id, { inputs }) => {
    const said = (await run(operation, inputs, overlayRemoveScript(inputs))).trim();
    if (said !== "") operation.log("warning", `${hostOf(inputs).host}: ${said}`);
  },
});

async function run(operation: Operation<null>, inputs: OverlayInputs, script: string): Promise<string> {
  return runOnHost(hostOf(inputs), script, { limitMs, signal: operation.signal, asRoot: true });
}

function hostOf({ uri }: OverlayInputs): RemoteHost {
  const remote = remoteOfUri(uri);
  if (remote === undefined) {
    throw new ProviderError(`uri: "${uri}" names no host by ssh; write, for example, qemu+ssh://root@host/system`);
  }
  return remote;
}

/** Another user or key is another way to the same host. One that a preview does not know yet may be any. */
function sameHost(olds: OverlayInputs, news: OverlayInputs): boolean {
  const [one, other] = [remoteOfUri(olds.uri), remoteOfUri(news.uri)];
  if (one === undefined || other === undefined) return false;
  return one.host === other.host && (one.port ?? 22) === (other.port ?? 22);
}
