/**
 * Secrets of a cluster by their form: bootstrap tokens ("abcdef.0123456789abcdef"), certificate keys (32 bytes in
 * hexadecimal digits), private keys, and base64 of them in a kubeconfig.
 */
const forms = [
  /\b[a-z0-9]{6}\.[a-z0-9]{16}\b/g,
  /\b[0-9a-f]{64}\b/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /(?<=(client-key-data|token):\s*)\S+/g,
];

/** A text that may be shown: what a program said, without secrets. */
export function redacted(text: string, ...secrets: readonly string[]): string {
  const known = secrets.filter((secret) => secret !== "");
  const shown = known.reduce((result, secret) => result.replaceAll(secret, "[secret]"), text);
  return forms.reduce((result, form) => result.replace(form, "[secret]"), shown);
}
