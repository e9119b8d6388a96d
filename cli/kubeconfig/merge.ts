import { parse, stringify } from "yaml";
import { UserError } from "../terminal/userError.ts";

interface Named {
  name: string;
  [key: string]: unknown;
}

/** The parts of kubectl's configuration that are looked at; all else is kept as it is. */
interface Kubeconfig {
  clusters?: Named[] | null;
  users?: Named[] | null;
  contexts?: (Named & { context: { cluster: string; user: string } })[] | null;
  "current-context"?: string;
  [key: string]: unknown;
}

/** Gives a kubeconfig of one cluster, as kubeadm writes it, names that are no other cluster's. */
export function renameKubeconfig(text: string, name: string): string {
  const config = parse(text) as Kubeconfig;
  return stringify({
    ...config,
    clusters: (config.clusters ?? []).map((cluster) => ({ ...cluster, name })),
    users: (config.users ?? []).map((user) => ({ ...user, name })),
    contexts: (config.contexts ?? []).map(({ context }) => ({
      name,
      context: { ...context, cluster: name, user: name },
    })),
    "current-context": name,
  });
}

/**
 * Adds a kubeconfig to another: what has the same names is replaced, all else stays, the current context too.
 *
 * @throws UserError when the other is not one.
 */
export function mergeKubeconfig(existing: string, added: string): string {
  const old = read(existing);
  const { clusters, users, contexts, ...rest } = parse(added) as Kubeconfig;
  return stringify({
    ...rest,
    ...old,
    clusters: replaceIn(old.clusters, clusters),
    users: replaceIn(old.users, users),
    contexts: replaceIn(old.contexts, contexts),
    "current-context": old["current-context"] || rest["current-context"],
  });
}

function read(text: string): Kubeconfig {
  const config: unknown = text.trim() === "" ? {} : parse(text);
  if (typeof config === "object" && config !== null && !Array.isArray(config)) return config as Kubeconfig;
  throw new UserError("the file to merge into is no configuration of kubectl; choose another by --output");
}

function replaceIn<T extends Named>(old: T[] | null | undefined, added: T[] | null | undefined): T[] {
  const fresh = added ?? [];
  return [...(old ?? []).filter(({ name }) => !fresh.some((one) => one.name === name)), ...fresh];
}
