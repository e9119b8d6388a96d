import { ProviderError } from "../../kit/errors.ts";
import type { Patience } from "../patience.ts";
import type { SshTarget } from "../ssh.ts";
import { steadily, type Cluster } from "./cluster.ts";
import { clockCorrection, offsetText } from "./clock.ts";
import { deleteNode, readNode } from "./clusterNode.ts";
import { askMembership, resetScript, type Membership } from "./membership.ts";
import { onMachine } from "./onMachine.ts";
import { dropToken, mintToken, type JoinToken } from "./token.ts";

/** A command that answers at once, on an emulated machine that starts a cluster. */
const askLimitMs = 30_000;

/** The machine that is to be a node, and how the display hears of it. */
export interface Joining {
  target: SshTarget;
  /** Name of the node. */
  name: string;
  warn: (message: string) => void;
}

/** Makes the machine a member of the cluster. One that is a member already is only told to run its kubelet. */
export async function ensureMember(patience: Patience, cluster: Cluster, joining: Joining): Promise<void> {
  const { target, name } = joining;
  const found = await askMembership(patience, target);
  await correctClock(patience, cluster, joining, found);
  const node = await steadily(patience, cluster, () => readNode(cluster, name));
  if (found.state === "joined" && sameAuthority(found, cluster) && node !== undefined) {
    await startKubelet(patience, target);
    return;
  }
  if (found.state !== "none") await resetMachine(patience, target);
  // Left by a machine that had this name before: kubeadm refuses to join under the name of a node that seems alive.
  if (node !== undefined) await steadily(patience, cluster, () => deleteNode(cluster, name));
  await joinWithToken(patience, cluster, joining);
}

function sameAuthority({ authority }: Membership, { config }: Cluster): boolean {
  return authority.trim() === config.authority.trim();
}

/** With a clock that is off, the machine takes the API's certificate for not yet valid, or for expired. */
async function correctClock(patience: Patience, cluster: Cluster, joining: Joining, found: Membership): Promise<void> {
  const wanted = cluster.api.now();
  if (wanted === undefined) return;
  const script = clockCorrection(found.clockMs, wanted);
  if (script === undefined) return;
  const { target, warn } = joining;
  const offset = offsetText(found.clockMs - wanted);
  warn(`the clock of ${target.machine} was ${offset} of ${cluster.control.machine}'s; it was set to that`);
  const step = { step: "set its clock", script, fix: `Set it there: \`strata ssh ${target.stack} ${target.machine}\`` };
  await onMachine(target, step, { timeoutMs: Math.min(askLimitMs, patience.leftMs), signal: patience.signal });
}

async function startKubelet(patience: Patience, target: SshTarget): Promise<void> {
  const step = {
    step: "start its kubelet",
    script: "systemctl is-active --quiet kubelet || systemctl start kubelet\n",
    fix: `See \`strata ssh ${target.stack} ${target.machine} journalctl -u kubelet\``,
  };
  await onMachine(target, step, { timeoutMs: Math.min(askLimitMs, patience.leftMs), signal: patience.signal });
}

async function resetMachine(patience: Patience, target: SshTarget): Promise<void> {
  const step = {
    step: "leave the cluster that it was in",
    script: resetScript,
    fix: `See /run/strata-reset.log there; \`pulumi up\` again tries again`,
  };
  const work = onMachine(target, step, { timeoutMs: patience.leftMs, signal: patience.signal });
  await patience.during(`${target.machine} to leave the cluster that it was in`, work);
}

async function joinWithToken(patience: Patience, cluster: Cluster, joining: Joining): Promise<void> {
  const token = await mintToken(patience, cluster, joining.name);
  try {
    await runJoin(patience, cluster, joining, token);
  } catch (error) {
    if (!(error instanceof ProviderError) || !refusedToken(error.message)) throw error;
    joining.warn(
      `the join token of ${joining.target.machine} was refused, as after a long wait; trying with a new one`,
    );
    await resetMachine(patience, joining.target);
    const another = await mintToken(patience, cluster, joining.name);
    await runJoin(patience, cluster, joining, another);
    await dropToken(cluster, another);
  } finally {
    await dropToken(cluster, token);
  }
}

/** What kubeadm says of a token that has expired or was deleted: its signature is gone, or the API lets nobody in. */
export function refusedToken(message: string): boolean {
  return /could not find a JWS signature|Unauthorized|invalid bearer token|token.*(expired|invalid)/i.test(message);
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
  const options = { timeoutMs: patience.leftMs, signal: patience.signal, stdin: configuration };
  await patience.during(`${target.machine} to join the cluster`, onMachine(target, step, options));
}

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
    timeouts: { discovery: "2m0s", tlsBootstrap: "5m0s", kubeletHealthCheck: "4m0s" },
  });
}
