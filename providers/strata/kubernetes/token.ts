import { createHash, randomInt, X509Certificate } from "node:crypto";
import { z } from "zod";
import type { Patience } from "../../kit/patience.ts";
import { ApiError } from "./api.ts";
import type { Cluster } from "./cluster.ts";
import { SteadyApi } from "./steadyApi.ts";

/** What lets one machine join: a bootstrap token, of use for half an hour, and what the API is recognised by. */
export interface JoinToken {
  /** Secret. */
  text: string;
  /** "sha256:..." of the cluster's authority. */
  authorityHash: string;
}

/** It goes as soon as the machine has joined; a kubelet that starts slowly asks with it until then. */
const lifetimeMs = 30 * 60_000;
const dropLimitSeconds = 60;
const secrets = "/api/v1/namespaces/kube-system/secrets";
const clusterInfo = "/api/v1/namespaces/kube-public/configmaps/cluster-info";
const signatures = z.object({ data: z.record(z.string(), z.string()).optional() });

/**
 * Makes a token as `kubeadm token create --ttl 30m` does, and waits until the controller manager has signed the
 * cluster's public data with it: kubeadm would otherwise look for the signature only every five seconds.
 */
export async function mintToken(patience: Patience, cluster: Cluster, forNode: string): Promise<JoinToken> {
  const { api, once, config, control } = cluster;
  const id = randomText(6);
  const secret = randomText(16);
  const expires = new Date((once.now() ?? Date.now()) + lifetimeMs).toISOString().replace(/\.\d+Z$/, "Z");
  try {
    await api.post(secrets, tokenSecret(id, secret, expires, forNode));
  } catch (error) {
    // The answer to an earlier try got lost.
    if (!(error instanceof ApiError && error.status === 409)) throw error;
  }
  const fix =
    `kube-controller-manager on ${control.machine} signs it; see \`crictl ps -a\` and \`crictl logs\` there. ` +
    `\`pulumi up\` again makes another token`;
  await patience.until(`a join token of ${control.machine}`, fix, 200, async () => {
    const { data = {} } = signatures.parse(await api.get(clusterInfo));
    return `jws-kubeconfig-${id}` in data ? { done: undefined } : { pending: "it is not signed yet" };
  });
  return { text: `${id}.${secret}`, authorityHash: authorityHash(config.authority) };
}

/** Removes a token that has served, unless it has gone already. One that can't be removed now has its own end. */
export async function dropToken(patience: Patience, { once, control }: Cluster, { text }: JoinToken): Promise<void> {
  const api = new SteadyApi(once, patience.within(dropLimitSeconds), control.machine);
  await api.delete(`${secrets}/bootstrap-token-${text.slice(0, 6)}`).catch(() => undefined);
}

/** https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/, with kubeadm's usages and group. */
function tokenSecret(id: string, secret: string, expires: string, forNode: string): object {
  return {
    apiVersion: "v1",
    kind: "Secret",
    type: "bootstrap.kubernetes.io/token",
    metadata: { name: `bootstrap-token-${id}`, namespace: "kube-system" },
    stringData: {
      "token-id": id,
      "token-secret": secret,
      description: `Strata: join of node ${forNode}`,
      expiration: expires,
      "usage-bootstrap-authentication": "true",
      "usage-bootstrap-signing": "true",
      "auth-extra-groups": "system:bootstrappers:kubeadm:default-node-token",
    },
  };
}

/** kubeadm's discovery hash: of the authority's public key. */
export function authorityHash(certificate: string): string {
  const key = new X509Certificate(certificate).publicKey.export({ type: "spki", format: "der" });
  return `sha256:${createHash("sha256").update(key).digest("hex")}`;
}

function randomText(length: number): string {
  const letters = "abcdefghijklmnopqrstuvwxyz0123456789";
  return Array.from({ length }, () => letters[randomInt(letters.length)]).join("");
}
