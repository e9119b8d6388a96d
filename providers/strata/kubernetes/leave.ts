import type { Operation } from "../../kit/crud.ts";
import { messageOf, ProviderError } from "../../kit/plain/errors.ts";
import { Patience } from "../../kit/patience.ts";
import { run, type SshTarget } from "../access/ssh.ts";
import { NoControlPlane, withCluster, type Cluster } from "./cluster.ts";
import { deleteNode, readNode } from "./clusterNode.ts";
import { drain } from "./drain.ts";
import { resetScript } from "./membership.ts";
import { onMachine } from "./onMachine.ts";

const answerLimitMs = 15_000;
/** For the API, by whether the control plane's machine answers: on a starved one it comes back, on a dead one it doesn't. */
export const controlLimits = { answers: { stillSeconds: 300, mostSeconds: 1800 }, silent: 15 };
/** It takes an emulated machine half a minute; only one that hangs needs more. */
const resetLimitMs = 600_000;

/** The node that leaves, and how long its pods get. */
export interface Leaving {
  target: SshTarget;
  control: SshTarget;
  name: string;
  drainMs: number;
}

/**
 * Takes a node out: its pods leave, the cluster forgets it, the machine is reset. Whatever part has gone already is
 * passed over quickly, for that is how a testbed ends.
 */
export async function leaveCluster(operation: Operation<null>, leaving: Leaving): Promise<void> {
  const { target, control } = leaving;
  const { signal } = operation;
  const answers = answersTo(target, signal);
  const controlAnswers = await answersTo(control, signal);
  const patience = new Patience(operation, controlLimits[controlAnswers ? "answers" : "silent"]);
  try {
    await withCluster(patience, control, (cluster) => removeNode(operation, cluster, leaving, answers));
  } catch (error) {
    signal.throwIfAborted();
    // Without its control plane there is no cluster to leave.
    if (!(error instanceof ProviderError)) throw error;
    const forgotten = !controlAnswers || error instanceof NoControlPlane;
    operation.log(
      forgotten ? "info" : "warning",
      `${leaving.name} was not taken out of its cluster: ${messageOf(error)}`,
      forgotten,
    );
  }
  signal.throwIfAborted();
  if (await answers) await resetAnswering(operation, target);
}

function answersTo(target: SshTarget, signal: AbortSignal): Promise<boolean> {
  return run(target, "exit 0", { timeoutMs: answerLimitMs, signal }).then(
    () => true,
    () => false,
  );
}

async function removeNode(
  operation: Operation<null>,
  cluster: Cluster,
  { name, target, drainMs }: Leaving,
  answers: Promise<boolean>,
): Promise<void> {
  const { signal, log } = operation;
  const node = await readNode(cluster, name);
  if (node === undefined) return;
  // A machine that is off looks ready to its cluster for 40 s more.
  if (node.ready && (await answers)) {
    const left = await drain(cluster, name, drainMs, signal, (message) => {
      log("info", message, true);
    });
    if (left.length > 0) {
      log("warning", `${target.machine} leaves with pods that did not end in ${drainMs / 1000} s: ${left.join(", ")}`);
    }
  }
  await deleteNode(cluster, name);
}

/** The machine is about to go, or to be put to another use: if it can't be reset, a next join does it. */
async function resetAnswering(operation: Operation<null>, target: SshTarget): Promise<void> {
  const { signal, log } = operation;
  const step = { step: "be reset", script: resetScript, fix: "Where it joins a cluster again, that is done first" };
  try {
    await onMachine(target, step, { timeoutMs: resetLimitMs, signal });
  } catch (error) {
    signal.throwIfAborted();
    log("warning", messageOf(error));
  }
}
