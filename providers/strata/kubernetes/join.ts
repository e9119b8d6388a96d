import type { Patience } from "../../kit/patience.ts";
import type { SshTarget } from "../access/ssh.ts";
import { awaitApi, type Cluster } from "./cluster.ts";
import { clockCorrection, offsetText } from "./clock.ts";
import { deleteNode, readNode } from "./clusterNode.ts";
import { askMembership, resetScript, type Membership } from "./membership.ts";
import { MachineStepError, onMachine } from "./onMachine.ts";
import { failedInPassing } from "./passing.ts";
import { dropToken, mintToken, type JoinToken } from "./token.ts";

/** A command that answers at once, on an emulated machine that starts a cluster beside others. */
const askLimitMs = 300_000;

/** What fails so often for want of an answer does not get one. Each attempt takes minutes at most, by kubeadm's limits. */
const attempts = 5;

/** The machine that is to be a node, and how the display hears of it. */
export interface Joining {
  target: SshTarget;
  /** Name of the node. */
  name: string;
  warn: (message: string) => void;
}

/**
 * Makes the machine a member of the cluster. One that is a member already is only told to run its kubelet. What ends for
 * want of an answer, the cluster's or the machine's, is gone on with from what it left.
 */
export async function ensureMember(patience: Patience, cluster: Cluster, joining: Joining): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await makeMember(patience, cluster, joining);
      return;
    } catch (error) {
      const why = error instanceof MachineStepError ? reasonToTryAgain(error, joining.target.machine) : undefined;
      if (why === undefined || attempt === attempts || patience.mostLeftMs <= 1) throw error;
      joining.warn(`${why}; trying again`);
    }
    await awaitApi(patience, cluster);
  }
}

async function makeMember(patience: Patience, cluster: Cluster, joining: Joining): Promise<void> {
  const { target, name } = joining;
  const found = await askMembership(patience, target);
  await correctClock(patience, cluster, joining, found);
  const node = await readNode(cluster, name);
  if (found.state === "joined" && sameAuthority(found, cluster) && node !== undefined) {
    await startKubelet(patience, target);
    return;
  }
  if (found.state !== "none") await resetMachine(patience, target);
  // Left by a machine that had this name before: kubeadm refuses to join under the name of a node that seems alive.
  if (node !== undefined) await deleteNode(cluster, name);
  const token = await mintToken(patience, cluster, name);
  try {
    await runJoin(patience, cluster, joining, token);
  } finally {
    await dropToken(patience, cluster, token);
  }
}

/** Undefined where another attempt would end in the same way. */
function reasonToTryAgain({ kind, said }: MachineStepError, machine: string): string | undefined {
  // One that is off is not waited for when it is asked next.
  if (kind === "unreachable") return said;
  if (kind !== "command") return undefined;
  if (refusedToken(said)) return `the join token of ${machine} was refused, as after a long wait`;
  const word = said.split("\n").find(failedInPassing);
  return word === undefined
    ? undefined
    : `${machine} did not join, because its cluster did not answer in time: ${word}`;
}

/** What kubeadm says of a token that has expired or was deleted: its signature is gone, or the API lets nobody in. */
export function refusedToken(message: string): boolean {
  return /could not find a JWS signature|Unauthorized|invalid bearer token|token.*(expired|invalid)/i.test(message);
}

function sameAuthority({ authority }: Membership, { config }: Cluster): boolean {
  return authority.trim() === config.authority.trim();
}

/** With a clock that is off, the machine takes the API's certificate for not yet valid, or for expired. */
async function correctClock(patience: Patience, cluster: Cluster, joining: Joining, found: Membership): Promise<void> {
  const wanted = cluster.once.now();
  if (wanted === undefined) return;
  const script = clockCorrection(found.clockMs, wanted);
  if (script === undefined) return;
  const { target, warn } = joining;
  const offset = offsetText(found.clockMs - wanted);
  warn(`the clock of ${target.machine} was ${offset} of ${cluster.control.machine}'s; it was set to that`);
  const step = { step: "set its clock", script, fix: `Set it there: \`strata ssh ${target.stack} ${target.machine}\`` };
  await onMachine(target, step, { timeoutMs: Math.min(askLimitMs, patience.mostLeftMs), signal: patience.signal });
}

async function startKubelet(patience: Patience, target: SshTarget): Promise<void> {
  const step = {
    step: "start its kubelet",
    script: "systemctl is-active --quiet kubelet || systemctl start kubelet\n",
    fix: `See \`strata ssh ${target.stack} ${target.machine} journalctl -u kubelet\``,
  };
  await onMachine(target, step, { timeoutMs: Math.min(askLimitMs, patience.mostLeftMs), signal: patience.signal });
}

async function resetMachine(patience: Patience, target: SshTarget): Promise<void> {
  const step = {
    step: "leave the cluster that it was in",
    script: resetScript,
    fix: `See /run/strata-reset.log there; \`pulumi up\` again tries again`,
  };
  const work = onMachine(target, step, { timeoutMs: patience.mostLeftMs, signal: patience.signal });
  await patience.during(`${target.machine} to leave the cluster that it was in`, work);
}

async function runJoin(patience: Patience, cluster: Cluster, { target, name }: Joining, token: JoinToken) {
  const { hostname, port } = new URL(cluster.config.server);
  const configuration = joinConfiguration({ name, address: target.address, endpoint: `${hostname}:${port}`, token });
  const step = {
    step: `join the cluster of ${cluster.control.machine}`,
    // kubeadm's progress goes to a file: only its errors are of use here.
    script: "kubeadm join --config /dev/stdin >/run/strata-join.log\n",
    fix:
      `See \`strata ssh ${target.stack} ${target.machine} journalctl -u kubelet\` and /run/strata-join.log there; ` +
      "`pulumi up` again goes on from there",
  };
  const options = { timeoutMs: patience.mostLeftMs, signal: patience.signal, stdin: configuration };
  await patience.during(`${target.machine} to join the cluster`, onMachine(target, step, options));
}

/**
 * Upper bounds: kubeadm goes on as soon as there is what it waits for. Its own are 5 min for discovery and the
 * bootstrap, 4 min for the kubelet's health and 1 min for a call, which emulated machines beside others have passed.
 */
const joinTimeouts = {
  discovery: "5m0s",
  tlsBootstrap: "15m0s",
  kubeletHealthCheck: "10m0s",
  kubernetesAPICall: "5m0s",
};

/** kubeadm's configuration of a join, as JSON (which is YAML). */
export function joinConfiguration(join: { name: string; address: string; endpoint: string; token: JoinToken }): string {
  const { name, address, endpoint, token } = join;
  return JSON.stringify({
    apiVersion: "kubeadm.k8s.io/v1beta4",
    kind: "JoinConfiguration",
    discovery: {
      bootstrapToken: { token: token.text, apiServerEndpoint: endpoint, caCertHashes: [token.authorityHash] },
    },
    nodeRegistration: {
      name,
      criSocket: "unix:///run/containerd/containerd.sock",
      // It looks for the kernel's configuration in /boot, which machines that are started with a kernel need not have.
      ignorePreflightErrors: ["SystemVerification"],
      // The kubelet would look for a default route, which a machine without internet need not have.
      kubeletExtraArgs: [{ name: "node-ip", value: address }],
    },
    timeouts: joinTimeouts,
  });
}
