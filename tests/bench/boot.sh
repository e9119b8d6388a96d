#!/bin/sh
# The plain way to N machines on one bridge, without libvirt, Pulumi or Strata: what benchmark `boot` compares with.
# Usage: boot.sh DIRECTORY IMAGE COUNT kvm|tcg
#   DIRECTORY  empty; all that is made goes there, and its last part names the network namespace
#   IMAGE      directory of disk.qcow2, vmlinuz, initramfs.img, cmdline
# Ends once every machine runs a command by ssh; the caller removes the namespace and what runs in it.
set -eu
directory=$1 image=$2 count=$3 accelerator=$4
namespace=$(basename "$directory") bridge=bridge0 prefix=16
. "$(dirname "$0")/machine.sh"
cd "$directory"
new_keys

ip netns add "$namespace"
ip -n "$namespace" link set lo up
ip -n "$namespace" link add "$bridge" type bridge
ip -n "$namespace" address add "10.99.255.254/$prefix" dev "$bridge"
ip -n "$namespace" link set "$bridge" up

pids=
i=1
while [ "$i" -le "$count" ]; do
  boot_machine "machine-$i" "10.99.0.$i" 1 512 &
  pids="$pids $!"
  i=$((i + 1))
done
for pid in $pids; do wait "$pid"; done
