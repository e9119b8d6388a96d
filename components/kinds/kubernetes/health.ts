/** Of each item "Node" or "Pod", and whether it is ready: "Node True". */
const readiness = '{range .items[*]}{.kind}{" "}{.status.conditions[?(@.type=="Ready")].status}{"\\n"}{end}';

/**
 * Well is a node on which containers run, by what runs them; the control plane's, where all nodes are ready besides, and a pod of
 * any kind is.
 */
export const kubernetesHealth = `
set -e
systemctl --quiet is-active kubelet containerd
crictl ps --state running --quiet | grep -q .
[ -e /etc/kubernetes/admin.conf ] || exit 0
found=$(kubectl --kubeconfig /etc/kubernetes/admin.conf get nodes,pods --all-namespaces --output jsonpath='${readiness}')
echo "$found" | grep -q '^Pod True$'
echo "$found" | grep -q '^Node True$'
! echo "$found" | grep '^Node' | grep -qv '^Node True$'
`;
