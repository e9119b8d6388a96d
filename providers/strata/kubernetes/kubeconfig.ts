import { z } from "zod";
import { resource, type Operation } from "../../kit/crud.ts";
import { ProviderError } from "../../kit/plain/errors.ts";
import { Patience } from "../../kit/patience.ts";
import { SshError, type SshTarget } from "../access/ssh.ts";
import { readAdminConfig, withServer, type AdminConfig } from "./adminConfig.ts";
import { Api } from "./api.ts";
import { withCluster, type Cluster } from "./cluster.ts";
import { kubeconfigInputs, type KubeconfigInputs } from "./kubeconfigInputs.ts";

const outputs = z.strictObject({
  kubeconfig: z.string().describe("YAML for kubectl and for @pulumi/kubernetes. Secret."),
});

type Outputs = z.infer<typeof outputs>;

const defaultLimit = { stillSeconds: 600, mostSeconds: 2 * 3600 };
/** For the way here, while the API answers on its own machine. */
const wayLimitSeconds = 180;
const readLimitMs = 20_000;

export const kubeconfig = resource<KubeconfigInputs, Outputs, null>({
  token: "strata:kubernetes:Kubeconfig",
  description: "The administrator's way into a cluster, from this host. Exists once the cluster's API answers.",
  inputs: kubeconfigInputs,
  formerNames: { domainId: "machineId" },
  outputs,
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
  const patience = new Patience(operation, wanted.timeoutSeconds ?? defaultLimit);
  return withCluster(patience, controlOf(wanted), async (cluster) => {
    const { config } = cluster;
    const { hostname, port } = new URL(wanted.server);
    const api = new Api({ host: hostname, port: Number(port === "" ? "443" : port) }, config, patience.signal);
    try {
      await waitForWay(patience, cluster, api, wanted);
      // The first to ask makes the API compute them, an emulated one for most of a minute, and it gives up a question
      // after one. What it has computed it keeps, for clients that ask only once.
      const slow = `It is only slow: \`pulumi up\` again goes on waiting`;
      await patience.until(`the types of the Kubernetes API at ${wanted.server}`, slow, 1000, async () => {
        const problem = await api.typesReadiness();
        return problem === undefined ? { done: undefined } : { pending: problem };
      });
    } finally {
      api.close();
    }
    return outputsOf(config, wanted);
  });
}

/** An API that has been started again meanwhile answers neither here nor there: then the way is not to blame. */
async function waitForWay(patience: Patience, cluster: Cluster, api: Api, { machine, server }: KubeconfigInputs) {
  const fix =
    `It answers on ${machine} itself, so the way there is shut: the forward's process may be gone, a firewall in ` +
    "between, or the address not among the certificate's names. `pulumi up` tries again";
  let shutSince: number | undefined;
  await patience.until(`the Kubernetes API at ${server}`, fix, 500, async () => {
    const problem = await api.readiness();
    if (problem === undefined) return { done: undefined };
    const there = await cluster.once.readiness();
    if (there !== undefined) {
      shutSince = undefined;
      return { pending: `on ${machine} itself, ${there}` };
    }
    shutSince ??= Date.now();
    if (Date.now() - shutSince > wayLimitSeconds * 1000) throw new ProviderError(`from this host, ${problem}. ${fix}`);
    return { pending: problem };
  });
}

function outputsOf(config: AdminConfig, { server }: KubeconfigInputs): Outputs {
  return { kubeconfig: withServer(config, server) };
}

function controlOf({ stack, machine, address }: KubeconfigInputs): SshTarget {
  return { stack, machine, address };
}
