import { z } from "zod";
import { resource, type Operation } from "../../kit/crud.ts";
import { messageOf, ProviderError } from "../../kit/plain/errors.ts";
import { timePhase } from "../../../local/phases.ts";
import { Patience } from "../../kit/patience.ts";
import type { SshTarget } from "../access/ssh.ts";
import { readAdminConfig } from "./adminConfig.ts";
import { withCluster, type Cluster } from "./cluster.ts";
import { markNode, readNode, type ClusterNode, type Marks } from "./clusterNode.ts";
import { ensureMember } from "./join.ts";
import { leaveCluster } from "./leave.ts";
import { nodeInputs, type NodeInputs } from "./nodeInputs.ts";
import { waitUntilReady } from "./nodeReady.ts";
import { taintText } from "./taints.ts";

/** An emulated worker joins within 100 s on a quiet host; on one that is starved, what it waits for changes all the same. */
const defaultLimit = { stillSeconds: 900, mostSeconds: 2 * 3600 };
const defaultDrainSeconds = 60;
const readLimitSeconds = 20;

const outputs = z.strictObject({
  ready: z
    .boolean()
    .describe(
      "Whether its cluster can use it: true, unless a refresh found otherwise; the next `pulumi up` waits until it is.",
    ),
});

type Outputs = z.infer<typeof outputs>;

export const node = resource<NodeInputs, Outputs, null>({
  token: "strata:kubernetes:Node",
  description:
    "A machine as a node of a cluster: joined, ready and of the wanted version. Its end drains the node, " +
    "deletes it, and resets the machine. Set deletedWith to the control plane's machine: where the " +
    "cluster goes, nothing has to be drained.",
  inputs: nodeInputs,
  formerNames: { domainId: "machineId" },
  outputs,
  complete: (inputs) => ({ ...inputs, name: inputs.name ?? inputs.machine }),
  replaceOn: ["stack", "name"],
  volatileOutputs: ["ready"],
  // As a refresh found it, with its machine off for example.
  drift: (_operation, { outputs }) => (outputs.ready ? [] : ["ready"]),
  create: async (operation, wanted) => {
    await timePhase(wanted.stack, "join", wanted.machine, () => become(operation, wanted));
    return { id: `${wanted.stack}/${wanted.name}`, outputs: { ready: true } };
  },
  read: async (operation, _id, { inputs: known, outputs: { ready = true } }) => {
    const state = nodeInputs.safeParse(known);
    if (!state.success) {
      throw new ProviderError("strata:kubernetes:Node can't be imported; `pulumi up` adopts a node that has joined");
    }
    return readBack(operation, state.data, { ready });
  },
  update: async (operation, _id, wanted, { inputs: old }) => {
    await become(operation, wanted, old);
    return { outputs: { ready: true } };
  },
  delete: (operation, _id, { inputs: old }) =>
    leaveCluster(operation, {
      target: targetOf(old),
      control: controlOf(old),
      name: old.name,
      drainMs: (old.drainSeconds ?? defaultDrainSeconds) * 1000,
    }),
});

/** Joins unless it has, and waits until it is as wanted. */
async function become(operation: Operation<null>, wanted: NodeInputs, before?: Marks): Promise<void> {
  const patience = new Patience(operation, wanted.timeoutSeconds ?? defaultLimit);
  const target = targetOf(wanted);
  const warn = (message: string) => {
    operation.log("warning", message);
  };
  await withCluster(patience, controlOf(wanted), async (cluster) => {
    await ensureMember(patience, cluster, { target, name: wanted.name, warn });
    await waitUntilReady(patience, cluster, target, wanted);
    await markNode(patience, cluster, wanted.name, wanted, before);
  });
}

/** The node as it is now; what could not be asked is taken to be as it was. */
async function readBack(operation: Operation<null>, known: NodeInputs, outputs: Outputs) {
  try {
    const patience = new Patience(operation, readLimitSeconds);
    const read = (cluster: Cluster) => readNode(cluster, known.name);
    const found = await withCluster(patience, controlOf(known), read, readAdminConfig);
    if (found === undefined) return undefined;
    return { inputs: { ...known, ...asFound(known, found) }, outputs: { ready: found.ready } };
  } catch (error) {
    operation.signal.throwIfAborted();
    if (!(error instanceof ProviderError)) throw error;
    operation.log(
      "warning",
      `node ${known.name} could not be asked for, so it counts as unchanged: ${messageOf(error)}`,
    );
    return { inputs: known, outputs };
  }
}

/** Of labels and taints only those that are ours: the cluster puts its own on. */
export function asFound(known: Marks & { version: string }, found: ClusterNode): Marks & { version: string } {
  const labels = Object.entries(found.labels).filter(([key]) => key in (known.labels ?? {}));
  const taints = new Set(found.taints.map(taintText));
  return {
    version: found.version,
    ...(known.labels === undefined ? {} : { labels: Object.fromEntries(labels) }),
    ...(known.taints === undefined ? {} : { taints: known.taints.filter((taint) => taints.has(taint)) }),
  };
}

function targetOf({ stack, machine, address }: NodeInputs): SshTarget {
  return { stack, machine, address };
}

function controlOf({ stack, control }: NodeInputs): SshTarget {
  return { stack, ...control };
}
