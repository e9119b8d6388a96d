#!/bin/sh
# The plain way to N machines on one bridge, without libvirt, Pulumi or Strata: what benchmark `boot` compares with.
# Usage: boot.sh DIRECTORY IMAGE COUNT kvm|tcg
#   DIRECTORY  empty; all that is made goes there, and its last part names the network namespace
#   IMAGE      directory of disk.qcow2, vmlinuz, initramfs.img, cmdline
# Ends once every machine runs a command by ssh; the caller removes the namespace and what runs in it.
set -eu
directory=$1 image=$2 count=$3 accelerator=$4
name=$(basename "$directory")
limit=600
cd "$directory"

ssh-keygen -q -t ed25519 -N "" -f user
ssh-keygen -q -t ed25519 -N "" -f host
indented() { sed 's/^/    /' "$1"; }

ip netns add "$name"
ip -n "$name" link set lo up
ip -n "$name" link add bridge0 type bridge
ip -n "$name" address add 10.99.255.254/16 dev bridge0
ip -n "$name" link set bridge0 up

boot() {
  i=$1
  mkdir "$i" "$i/seed"
  address=10.99.0.$i mac=02:00:0a:63:00:$(printf %02x "$i")
  ip -n "$name" tuntap add "tap$i" mode tap
  ip -n "$name" link set "tap$i" master bridge0 up
  qemu-img create -q -f qcow2 -F qcow2 -b "$image/disk.qcow2" "$i/disk.qcow2" 8G
  printf 'instance-id: %s\nlocal-hostname: %s\n' "machine-$i" "machine-$i" >"$i/seed/meta-data"
  cat >"$i/seed/network-config" <<NETWORK
version: 2
ethernets:
  eth0:
    match:
      macaddress: "$mac"
    addresses:
      - $address/16
NETWORK
  {
    printf '#cloud-config\ndisable_root: false\nssh_authorized_keys:\n  - %s\nssh_keys:\n' "$(cat user.pub)"
    printf '  ed25519_private: |\n'
    indented host
    printf '  ed25519_public: |\n'
    indented host.pub
  } >"$i/seed/user-data"
  genisoimage -quiet -output "$i/seed.iso" -volid cidata -joliet -rock "$i/seed" 2>/dev/null
  if [ "$accelerator" = kvm ]; then cpu=host; else cpu=max; fi
  # The devices are those of the machine that libvirt is asked for.
  nsenter --net="/run/netns/$name" qemu-system-x86_64 \
    -name "machine-$i" -machine "q35,usb=off,accel=$accelerator" -cpu "$cpu" -smp 1 -m 512 -daemonize -display none \
    -pidfile "$i/pid" -no-user-config -nodefaults -serial "file:$i/console.log" \
    -kernel "$image/vmlinuz" -initrd "$image/initramfs.img" -append "$(cat "$image/cmdline")" \
    -drive "file=$i/disk.qcow2,format=qcow2,if=virtio" -drive "file=$i/seed.iso,format=raw,if=virtio" \
    -netdev "tap,id=net0,ifname=tap$i,script=no,downscript=no" -device "virtio-net-pci,netdev=net0,mac=$mac" \
    -object rng-random,id=rng0,filename=/dev/urandom -device virtio-rng-pci,rng=rng0
  deadline=$(($(date +%s) + limit))
  until ssh -F none -i user -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
    -o ConnectTimeout=10 -o LogLevel=ERROR -o "ProxyCommand=nsenter --net=/run/netns/$name nc %h %p" \
    "root@$address" exit 0 2>"$i/ssh.log"; do
    if [ "$(date +%s)" -ge "$deadline" ]; then
      echo "machine $i did not answer by ssh within $limit s: $(tail -n 1 "$i/ssh.log")" >&2
      exit 1
    fi
    sleep 0.5
  done
}

pids=
i=1
while [ "$i" -le "$count" ]; do
  boot "$i" &
  pids="$pids $!"
  i=$((i + 1))
done
for pid in $pids; do wait "$pid"; done
