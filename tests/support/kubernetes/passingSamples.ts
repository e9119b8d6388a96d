export const noRoles =
  'nodes "cloud-1" is forbidden: User "kubernetes-admin" cannot get resource "nodes" in API group "" at the cluster scope';
export const terminating =
  'secrets "a" is forbidden: unable to create new content in namespace lab because it is being terminated';

/** What kubeadm and kubectl print, and whether it means that the cluster could not answer them: for both places that tell. */
export const said: [passing: boolean, said: string][] = [
  [true, "error execution phase kubelet-wait-bootstrap: context deadline exceeded"],
  [true, 'Get "https://10.83.0.10:6443/api": dial tcp 10.83.0.10:6443: connect: connection refused'],
  [true, "net/http: TLS handshake timeout"],
  [true, "read tcp 10.83.0.11:40122->10.83.0.10:6443: read: connection reset by peer"],
  [true, 'Get "https://10.83.0.10:6443/api/v1/nodes": EOF'],
  [true, "Error from server: etcdserver: request timed out"],
  [
    true,
    "Error from server (TooManyRequests): the server has received too many requests and has asked us to try again later",
  ],
  [true, "The connection to the server 10.83.0.10:6443 was refused - did you specify the right host or port?"],
  [true, `Error from server (Forbidden): ${noRoles}`],
  [true, "timed out waiting for the condition"],
  [true, "error: the server is currently unable to handle the request"],
  [false, `Error from server (Forbidden): ${terminating}`],
  [false, "[ERROR Swap]: running with swap on is not supported"],
  [false, "[ERROR FileAvailable--etc-kubernetes-kubelet.conf]: /etc/kubernetes/kubelet.conf already exists"],
  [false, "unknown field in configuration"],
];
