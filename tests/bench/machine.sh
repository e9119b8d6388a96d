# Sourced by scripts that boot machines the plain way. They set:
#   namespace, bridge  where the machines' network is
#   image              directory of disk.qcow2, vmlinuz, initramfs.img, cmdline
#   accelerator        kvm or tcg
#   prefix             length of the network's prefix
# and are in a directory with the keys of user and machines (new_keys); each machine gets a folder in it.
limit=600

new_keys() {
  ssh-keygen -q -t ed25519 -N "" -f user
  ssh-keygen -q -t ed25519 -N "" -f host
}

on_machine() { # ADDRESS COMMAND
  ssh -F none -i user -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
    -o ConnectTimeout=10 -o LogLevel=ERROR -o "ProxyCommand=nsenter --net=/run/netns/$namespace nc %h %p" \
    "root@$1" "$2"
}

indented() { sed 's/^/    /' "$1"; }

# Ends once the machine runs a command by ssh.
boot_machine() { # NAME ADDRESS CPUS MEMORY_MIB
  machine=$1 address=$2 cpus=$3 memory=$4
  # shellcheck disable=SC2046 # Four numbers.
  mac=$(printf '02:00:%02x:%02x:%02x:%02x' $(echo "$address" | tr . ' '))
  tap=tap$(echo "$mac" | tail -c 6 | tr -d :)
  mkdir "$machine" "$machine/seed"
  ip -n "$namespace" tuntap add "$tap" mode tap
  ip -n "$namespace" link set "$tap" master "$bridge" up
  qemu-img create -q -f qcow2 -F qcow2 -b "$image/disk.qcow2" "$machine/disk.qcow2" 8G
  printf 'instance-id: %s\nlocal-hostname: %s\n' "$machine" "$machine" >"$machine/seed/meta-data"
  cat >"$machine/seed/network-config" <<NETWORK
version: 2
ethernets:
  eth0:
    match:
      macaddress: "$mac"
    addresses:
      - $address/$prefix
NETWORK
  {
    printf '#cloud-config\ndisable_root: false\nssh_authorized_keys:\n  - %s\nssh_keys:\n' "$(cat user.pub)"
    printf '  ed25519_private: |\n'
    indented host
    printf '  ed25519_public: |\n'
    indented host.pub
  } >"$machine/seed/user-data"
  genisoimage -quiet -output "$machine/seed.iso" -volid cidata -joliet -rock "$machine/seed" 2>/dev/null
  if [ "$accelerator" = kvm ]; then cpu=host; else cpu=max; fi
  # The devices are those of the machine that libvirt is asked for.
  nsenter --net="/run/netns/$namespace" qemu-system-x86_64 \
    -name "$machine" -machine "q35,usb=off,accel=$accelerator" -cpu "$cpu" -smp "$cpus" -m "$memory" -daemonize -display none \
    -pidfile "$machine/pid" -no-user-config -nodefaults -serial "file:$machine/console.log" \
    -kernel "$image/vmlinuz" -initrd "$image/initramfs.img" -append "$(cat "$image/cmdline")" \
    -drive "file=$machine/disk.qcow2,format=qcow2,if=virtio" -drive "file=$machine/seed.iso,format=raw,if=virtio" \
    -netdev "tap,id=net0,ifname=$tap,script=no,downscript=no" -device "virtio-net-pci,netdev=net0,mac=$mac" \
    -object rng-random,id=rng0,filename=/dev/urandom -device virtio-rng-pci,rng=rng0
  deadline=$(($(date +%s) + limit))
  until on_machine "$address" "exit 0" 2>"$machine/ssh.log"; do
    if [ "$(date +%s)" -ge "$deadline" ]; then
      echo "$machine did not answer by ssh within $limit s: $(tail -n 1 "$machine/ssh.log")" >&2
      exit 1
    fi
    sleep 0.5
  done
}
