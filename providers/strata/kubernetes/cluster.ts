import { ProviderError } from "../../kit/errors.ts";
import { Patience, type Look } from "../patience.ts";
import { SshError, type SshTarget } from "../ssh.ts";
import { restoredAdminConfig, type AdminConfig, type readAdminConfig } from "./adminConfig.ts";
import { Api, ApiUnreachable } from "./api.ts";
import { MachineStepError } from "./onMachine.ts";
import { sshStream } from "./sshStream.ts";

/** A cluster whose API answers. */
export interface Cluster {
  control: SshTarget;
  config: AdminConfig;
  api: Api;
}

const lookIntervalMs = 1000;
const askLimitMs = 15_000;

/**
 * Waits for a cluster's API: its machine may be rebooting. Then works with it, and ends the connection.
 *
 * @param admin how the administrator's way into it is had; who may change nothing reads it only.
 */
export async function withCluster<T>(
  patience: Patience,
  control: SshTarget,
  work: (cluster: Cluster) => Promise<T>,
  admin: typeof readAdminConfig = restoredAdminConfig,
): Promise<T> {
  const fix =
    `If it is only slow, \`pulumi up\` again goes on waiting; else look at it: ` +
    `\`strata ssh ${control.stack} ${control.machine}\`, then \`journalctl -u kubelet\` and \`crictl ps -a\``;
  const what = `the control plane on ${control.machine}`;
  const cluster = await patience.until(what, fix, lookIntervalMs, () => lookAt(patience, control, admin));
  try {
    return await work(cluster);
  } finally {
    cluster.api.close();
  }
}

async function lookAt(patience: Patience, control: SshTarget, admin: typeof readAdminConfig): Promise<Look<Cluster>> {
  const { signal } = patience;
  let config: AdminConfig | undefined;
  try {
    config = await admin(control, Math.min(askLimitMs, patience.leftMs), signal);
  } catch (error) {
    const away = error instanceof SshError || (error instanceof MachineStepError && error.kind !== "command");
    if (away && !signal.aborted) return { pending: error.message };
    throw error;
  }
  if (config === undefined) throw new NoControlPlane(control.machine);
  const { hostname, port } = new URL(config.server);
  const connection = () => sshStream(control, `${hostname}:${port}`);
  const api = new Api({ host: hostname, port: Number(port), connection }, config, signal);
  const problem = await api.readiness().catch((error: unknown) => {
    api.close();
    throw error;
  });
  if (problem === undefined) return { done: { control, config, api } };
  api.close();
  return { pending: problem };
}

/** The machine answers, and has no cluster. */
export class NoControlPlane extends ProviderError {
  override name = "NoControlPlane";

  constructor(machine: string) {
    super(
      `${machine} has no control plane (/etc/kubernetes/admin.conf is missing): the software role kubernetes_control ` +
        `makes it; run \`pulumi up\` with its inputs changed, or replace the machine`,
    );
  }
}

/** Repeats a request that may be repeated for as long as the API does not answer, as while its machine reboots. */
export function steadily<T>(patience: Patience, { control }: Cluster, request: () => Promise<T>): Promise<T> {
  const fix = `Look at ${control.machine}: it has to run, with the kubelet active; then \`pulumi up\` goes on`;
  return patience.until(`the Kubernetes API on ${control.machine}`, fix, lookIntervalMs, async (): Promise<Look<T>> => {
    try {
      return { done: await request() };
    } catch (error) {
      if (error instanceof ApiUnreachable) return { pending: error.message };
      throw error;
    }
  });
}
