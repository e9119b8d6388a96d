import { parse, stringify } from "yaml";
import { z } from "zod";
import { ProviderError } from "../../kit/plain/errors.ts";
import { run, type SshTarget } from "../access/ssh.ts";
import { onMachine } from "./onMachine.ts";

const file = "/etc/kubernetes/admin.conf";

/** kubeadm takes seconds for it, on an emulated machine that is starved minutes. */
const restoreLimitMs = 600_000;

/** The part of a kubeconfig that kubeadm writes and this plugin uses; the rest is passed on as it is. */
const kubeconfigShape = z.looseObject({
  clusters: z.tuple([
    z.looseObject({ cluster: z.looseObject({ "certificate-authority-data": z.string(), server: z.string() }) }),
  ]),
  users: z.tuple([
    z.looseObject({ user: z.looseObject({ "client-certificate-data": z.string(), "client-key-data": z.string() }) }),
  ]),
});

/** The administrator's way into a cluster, as kubeadm leaves it on the control plane's machine. */
export interface AdminConfig {
  /** The file itself, YAML. */
  text: string;
  /** The API as the cluster's own nodes reach it: "https://10.83.0.10:6443". */
  server: string;
  /** PEM. */
  authority: string;
  certificate: string;
  key: string;
}

/** @throws ProviderError if it is no kubeconfig of kubeadm's; the text, being secret, is not shown. */
export function parseAdminConfig(text: string, machine: string): AdminConfig {
  const parsed = kubeconfigShape.safeParse(parse(text));
  if (!parsed.success) {
    const where = parsed.error.issues.map(({ path }) => path.join(".")).join(", ");
    throw new ProviderError(
      `${file} on ${machine} is no kubeconfig that kubeadm wrote (${where}); delete it there and run \`pulumi up\``,
    );
  }
  const [{ cluster }] = parsed.data.clusters;
  const [{ user }] = parsed.data.users;
  const decoded = (base64: string) => Buffer.from(base64, "base64").toString("utf8");
  return {
    text,
    server: cluster.server,
    authority: decoded(cluster["certificate-authority-data"]),
    certificate: decoded(user["client-certificate-data"]),
    key: decoded(user["client-key-data"]),
  };
}

/** The same kubeconfig for a program that reaches the API elsewhere. */
export function withServer(config: AdminConfig, server: string): string {
  const document = parse(config.text) as z.infer<typeof kubeconfigShape>;
  document.clusters[0].cluster.server = server;
  return stringify(document);
}

/**
 * Reads it from the machine; undefined if there is none.
 *
 * @throws SshError if the machine can't be asked.
 */
export async function readAdminConfig(
  control: SshTarget,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<AdminConfig | undefined> {
  const text = await run(control, `[ ! -s ${file} ] || cat ${file}`, { timeoutMs, signal });
  return text.trim() === "" ? undefined : parseAdminConfig(text, control.machine);
}

/** The role kubernetes_control leaves the command there. It makes the file only where the cluster is whole without it. */
const restore = `! command -v strata-control-plane >/dev/null || strata-control-plane kubeconfig >/dev/null
`;

/** As readAdminConfig; one that is lost, of a cluster that is there, is made again first. */
export async function restoredAdminConfig(
  control: SshTarget,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<AdminConfig | undefined> {
  const found = await readAdminConfig(control, timeoutMs, signal);
  if (found !== undefined) return found;
  const step = {
    step: `make ${file} again`,
    script: restore,
    fix: "See /var/log/strata-kubeadm.log there; `pulumi up` again tries again",
  };
  await onMachine(control, step, { timeoutMs: restoreLimitMs, signal });
  return readAdminConfig(control, timeoutMs, signal);
}
