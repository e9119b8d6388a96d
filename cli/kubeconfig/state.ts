interface Deployment {
  resources?: { type: string; outputs?: { kubeconfig?: { plaintext?: string } } }[];
}

/** The kubeconfig in an engine's state that was exported with its secrets; undefined where there is no cluster. */
export function kubeconfigIn(state: string): string | undefined {
  const { deployment } = JSON.parse(state) as { deployment?: Deployment };
  const made = deployment?.resources?.find(({ type }) => type === "strata:kubernetes:Kubeconfig");
  const secret = made?.outputs?.kubeconfig?.plaintext;
  return secret === undefined ? undefined : (JSON.parse(secret) as string);
}
