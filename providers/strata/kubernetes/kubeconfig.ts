import { resource, type Operation } from "../../kit/crud.ts";
import { ProviderError } from "../../kit/errors.ts";
import { Patience } from "../patience.ts";
import { SshError, type SshTarget } from "../ssh.ts";
import { readAdminConfig, withServer, type AdminConfig } from "./adminConfig.ts";
import { Api } from "./api.ts";
import { withCluster } from "./cluster.ts";
import { kubeconfigInputs, type KubeconfigInputs } from "./kubeconfigInputs.ts";

interface Outputs {
  kubeconfig: string;
}

const defaultLimitSeconds = 300;
const readLimitMs = 20_000;

/** The administrator's way into a cluster, from this host. */
export const kubeconfig = resource<KubeconfigInputs, Outputs, null>({
  token: "strata:kubernetes:Kubeconfig",
  inputs: kubeconfigInputs,
  secrets: ["kubeconfig"],
  replaceOn: ["stack"],
  // There is nothing to delete, and deleting first would replace what depends on it too.
  deleteBeforeReplace: false,
  volatileOutputs: ["kubeconfig"],
  create: async (operation, wanted) => ({
    id: `${wanted.stack}/${wanted.machine}`,
    outputs: await waitForApi(operation, wanted),
  }),
  read: async (operation, _id, { inputs: known, outputs }) => {
    const state = kubeconfigInputs.safeParse(known);
    if (!state.success) throw new ProviderError("strata:kubernetes:Kubeconfig can't be imported; `pulumi up` makes it");
    const { data: inputs } = state;
    try {
      const found = await readAdminConfig(controlOf(inputs), readLimitMs, operation.signal);
      return found === undefined ? undefined : { inputs, outputs: outputsOf(found, inputs) };
    } catch (error) {
      if (!(error instanceof SshError) || operation.signal.aborted) throw error;
      operation.log("warning", `the kubeconfig of ${inputs.machine} could not be read: ${error.message}`);
      return { inputs, outputs: outputs as Outputs };
    }
  },
  update: async (operation, _id, wanted) => ({ outputs: await waitForApi(operation, wanted) }),
  delete: () => Promise.resolve(),
});

/** First on its own machine, then from here: so an error tells a cluster that is down from a way that is shut. */
async function waitForApi(operation: Operation<null>, wanted: KubeconfigInputs): Promise<Outputs> {
  const patience = new Patience(operation, wanted.timeoutSeconds ?? defaultLimitSeconds);
  const config = await withCluster(patience, controlOf(wanted), (cluster) => Promise.resolve(cluster.config));
  const { hostname, port } = new URL(wanted.server);
  const api = new Api({ host: hostname, port: Number(port === "" ? "443" : port) }, config, patience.signal);
  const fix =
    `It answers on ${wanted.machine} itself, so the way there is shut: the forward's process may be gone, a firewall in ` +
    "between, or the address not among the certificate's names. `pulumi up` tries again";
  try {
    await patience.within(60).until(`the Kubernetes API at ${wanted.server}`, fix, 500, async () => {
      const problem = await api.readiness();
      return problem === undefined ? { done: undefined } : { pending: problem };
    });
    // The first to ask makes the API compute them, an emulated one for most of a minute, and it gives up a question after
    // one. What it has computed it keeps, for clients that ask only once.
    const slow = `It is only slow: \`pulumi up\` again goes on waiting`;
    await patience.until(`the types of the Kubernetes API at ${wanted.server}`, slow, 1000, async () => {
      const problem = await api.typesReadiness();
      return problem === undefined ? { done: undefined } : { pending: problem };
    });
  } finally {
    api.close();
  }
  return outputsOf(config, wanted);
}

function outputsOf(config: AdminConfig, { server }: KubeconfigInputs): Outputs {
  return { kubeconfig: withServer(config, server) };
}

function controlOf({ stack, machine, address }: KubeconfigInputs): SshTarget {
  return { stack, machine, address };
}
