/**
 * What a cluster says while it can't answer: its API has just been started again, has too much to do, or waits for its
 * etcd. Such words are no answer to what was asked, and whoever asks again in a while gets one. This is the only place
 * that tells them from answers, for requests of this plugin and for what kubeadm and kubectl print.
 */

/** An answer of the API: its status, and what its Status object says. */
export interface Answer {
  status: number;
  message: string;
  /** The object that it speaks of, by kind: "nodes". A path that is not served yet is missing as a whole. */
  about?: string;
  /** Causes by name: "DisruptionBudget". */
  causes?: readonly string[];
}

/** Of the server's trouble: time-outs, "too many requests", etcd that does not answer, a proxy without a server. */
const troubled = new Set([408, 429, 500, 502, 503, 504]);

/**
 * Until an API server that has just started knows the roles, its authorizer refuses everybody who is not of
 * system:masters, in these words. Admission refuses in others, and means it.
 */
const unauthorized = /User "[^"]*" cannot [a-z]+ (resource|path) /;

/** Whether an answer other than success is to be asked for again. */
export function isPassing({ status, message, about, causes = [] }: Answer): boolean {
  if (status === 403) return unauthorized.test(message);
  if (status === 404) return about === undefined && !/ "[^"]*" not found/.test(message);
  // A budget for disruption is kept by 429 too, for as long as its owner likes.
  return troubled.has(status) && !causes.includes("DisruptionBudget");
}

/** Go's and its libraries' words for the same, in what a program of Kubernetes printed. */
const words = [
  unauthorized,
  /context deadline exceeded/,
  /(connection|transport).*(refused|reset|closed|broken pipe)/,
  /timed? ?out/i,
  /\bEOF\b/,
  /no route to host|network is unreachable/,
  /etcdserver: /,
  /too many requests/i,
  /the server (is currently unable|was unable|has received too many|could not find the requested resource)/,
  /service unavailable|bad gateway|internal error occurred/i,
  /could not find a JWS signature/,
  /apiserver not ready|is being (re)?initializ/,
  /GOAWAY|client connection lost|client connection force closed/,
  /rate limiter/,
];

/** Whether a program of Kubernetes that failed may be started again as it is: the cluster could not answer it. */
export function failedInPassing(said: string): boolean {
  return words.some((word) => word.test(said));
}
