/** What never goes through a proxy: engine, program and plugins talk to each other on this machine's loop-back interface. */
const loopback = ["127.0.0.1", "localhost", "::1"];

/**
 * The list of exceptions from a proxy with this machine itself on it, in both spellings: gRPC goes by the lower case
 * one, other programs by the upper case one. Empty where there is no proxy.
 */
export function loopbackDirect(user: NodeJS.ProcessEnv): Record<string, string> {
  if (!proxyVariables.some((name) => user[name])) return {};
  const listed = (user.no_proxy ?? user.NO_PROXY ?? "").split(",").map((entry) => entry.trim());
  const list = [...new Set([...listed.filter(Boolean), ...loopback])].join(",");
  return { no_proxy: list, NO_PROXY: list };
}

const proxyVariables = ["http", "https", "all", "grpc"].flatMap((scheme) => [
  `${scheme}_proxy`,
  `${scheme.toUpperCase()}_PROXY`,
]);
