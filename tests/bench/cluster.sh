#!/bin/sh
# The plain way from machines that answer by ssh to a cluster with a pod that runs: the commands of kubeadm's manual, typed
# one after the other. What benchmark `cluster` compares with.
# Usage: cluster.sh SSH_CONFIG CONTROL WORKER OBJECTS        (CONTROL, WORKER: NAME@ADDRESS)
#   OBJECTS  file of the pods' objects for kubectl
# The machines have the same programs and container images, and the same configuration of containerd, kubelet and kubeadm,
# as Strata gives them.
set -eu
configuration=$1 control=$2 worker=$3 objects=$4
name=${worker%@*}
on() { # MACHINE COMMAND
  ssh -F "$configuration" "${1#*@}" "export KUBECONFIG=/etc/kubernetes/admin.conf; $2"
}

for machine in "$control" "$worker"; do
  on "$machine" "systemctl start containerd && modprobe -a overlay br_netfilter && sysctl -q --system && systemctl enable -q kubelet &&
    systemctl start strata-pod-network.path" &
done
wait
on "$control" "kubeadm init --config /etc/strata/kubeadm.yaml --skip-token-print > /dev/null"
echo "control plane answers"
on "$control" "kubectl apply --filename /root/flannel.yaml > /dev/null"
join=$(on "$control" "kubeadm token create --print-join-command --ttl 10m")
on "$worker" "$join --node-name $name --cri-socket unix:///run/containerd/containerd.sock --ignore-preflight-errors SystemVerification > /dev/null"
echo "worker has joined"
on "$control" "kubectl wait --for=condition=Ready nodes --all --timeout 10m > /dev/null"
echo "nodes are ready"
on "$control" "kubectl apply --filename - > /dev/null" < "$objects"
on "$control" "kubectl --namespace strata rollout status deployment --timeout 10m > /dev/null"
echo "pod runs"
