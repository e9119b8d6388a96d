#!/bin/sh
# The plain way to one more worker of a cluster that runs: a machine is booted, configured, and told to join. What benchmark
# `worker` compares with.
# Usage: worker.sh DIRECTORY IMAGE kvm|tcg NAMESPACE BRIDGE ADDRESS/PREFIX SSH_CONFIG CONFIGURATION
#   DIRECTORY      empty; all that is made goes there
#   IMAGE          directory of disk.qcow2, vmlinuz, initramfs.img, cmdline
#   SSH_CONFIG     knows the control plane's machine as cloud-0
#   CONFIGURATION  archive of what a worker has in /etc, made by tar
# Ends once the cluster has the node, by the machine's name, as ready.
set -eu
directory=$1 image=$2 accelerator=$3 namespace=$4 bridge=$5 address=${6%/*} prefix=${6#*/} configuration=$7 etc=$8
name=by-hand
. "$(dirname "$0")/machine.sh"
cd "$directory"
on_control() { ssh -F "$configuration" cloud-0 "export KUBECONFIG=/etc/kubernetes/admin.conf; $1"; }

new_keys
boot_machine "$name" "$address" 2 2048
echo "machine answers"
on_machine "$address" "tar -xzf - -C / && sed -i 's/--node-ip=[^ ]*/--node-ip=$address/' /etc/systemd/system/kubelet.service &&
  modprobe -a overlay br_netfilter && sysctl -q --system && systemctl daemon-reload &&
  systemctl enable -q kubelet strata-pod-network.path && systemctl restart containerd strata-pod-network.path" <"$etc"
join=$(on_control "kubeadm token create --print-join-command --ttl 10m")
on_machine "$address" "$join --node-name $name --cri-socket unix:///run/containerd/containerd.sock \
  --ignore-preflight-errors SystemVerification >/dev/null"
echo "machine has joined"
on_control "kubectl wait --for=condition=Ready node/$name --timeout 10m >/dev/null"
