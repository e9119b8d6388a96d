import { ProviderError } from "../../kit/plain/errors.ts";
import { Patience, type Look } from "../../kit/patience.ts";
import { SshError, type SshTarget } from "../access/ssh.ts";
import { restoredAdminConfig, type AdminConfig, type readAdminConfig } from "./adminConfig.ts";
import { Api } from "./api.ts";
import { MachineStepError } from "./onMachine.ts";
import { sshStream } from "./sshStream.ts";
import { SteadyApi } from "./steadyApi.ts";

/** A cluster whose API answers. */
export interface Cluster {
  control: SshTarget;
  config: AdminConfig;
  /** Asks again while the API can't answer. */
  api: SteadyApi;
  /** Asks once. */
  once: Api;
}

const lookIntervalMs = 1000;
/** A machine that is off has the connection fail long before. */
const askLimitMs = 60_000;

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
  const fix = lookAtControl(control);
  const what = `the control plane on ${control.machine}`;
  const cluster = await patience.until(what, fix, lookIntervalMs, () => lookAt(patience, control, admin));
  try {
    return await work(cluster);
  } finally {
    cluster.once.close();
  }
}

/** Waits until an API that was there answers again. */
export function awaitApi(patience: Patience, { once, control }: Cluster): Promise<void> {
  return patience.until(
    `the Kubernetes API on ${control.machine}`,
    lookAtControl(control),
    lookIntervalMs,
    async () => {
      const problem = await once.readiness();
      return problem === undefined ? { done: undefined } : { pending: problem };
    },
  );
}

function lookAtControl({ stack, machine }: SshTarget): string {
  return (
    `If it is only slow, \`pulumi up\` again goes on waiting; else look at it: ` +
    `\`strata ssh ${stack} ${machine}\`, then \`journalctl -u kubelet\` and \`crictl ps -a\``
  );
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
  const once = new Api({ host: hostname, port: Number(port), connection }, config, signal);
  const problem = await once.readiness().catch((error: unknown) => {
    once.close();
    throw error;
  });
  if (problem === undefined) {
    return { done: { control, config, once, api: new SteadyApi(once, patience, control.machine) } };
  }
  once.close();
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
