import { resource, type Operation } from "../../kit/crud.ts";
import { ProviderError } from "../../kit/errors.ts";
import { remoteOfUri, type RemoteHost } from "../../kit/remoteHost.ts";
import { runOnHost } from "../../kit/remoteShell.ts";
import { overlayInputs, type OverlayInputs } from "./overlayInputs.ts";
import { overlayReadScript, overlayRemoveScript, overlayScript, readOverlay } from "./overlayScript.ts";

/** Much longer than the second that it takes: a host may be busy starting machines. */
const limitMs = 60_000;

/** A host's end of the network that a testbed's hosts share: a VXLAN device in the bridge of its machines. */
export const overlay = resource<OverlayInputs, object, null>({
  token: "strata:net:Overlay",
  inputs: overlayInputs,
  replaceOn: (changed, olds, news) =>
    changed.filter((key) => key === "device" || (key === "uri" && !sameHost(olds, news))),
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
    await run(operation, inputs, overlayRemoveScript(inputs.device));
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
