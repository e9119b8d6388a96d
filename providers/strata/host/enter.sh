#!/bin/sh
# Starts libvirtd in the network and mount namespaces that this script finds itself in.
# $1: directory of what lives as long as the daemon; $2: directory of what survives a reboot; $3: directory of what the
# daemon finds out about the QEMU binaries, which takes it 3 s before the first machine starts. It checks by itself
# whether that still holds; $4: the program that keeps what the daemons log; $5: whether QEMU's user may open /dev/kvm (no: not).
set -eu
run=$1
data=$2
cache=$3
log=$4
kvm=$5

# Whatever the user's: QEMU, which is none of this user, has its sockets and keys below these directories.
umask 022

# sysfs shows the network devices of the namespace that mounted it, and libvirt sets bridges up through it.
# The cgroups are mounted inside it: they have to come along.
if [ -d /sys/fs/cgroup ]; then
  mkdir -p "$run/cgroup"
  mount --rbind /sys/fs/cgroup "$run/cgroup"
  mount -t sysfs sysfs /sys
  mount --rbind "$run/cgroup" /sys/fs/cgroup
  umount -R -l "$run/cgroup"
fi

# libvirt has these paths built in. Bound here, the daemon shares nothing with one that the machine runs itself.
bind() {
  mkdir -p "$1" "$2"
  chmod 755 "$1"
  mount --bind "$1" "$2"
}
bind "$data/.libvirt/etc" /etc/libvirt
bind "$data/.libvirt/lib" /var/lib/libvirt
bind "$run/libvirt" /run/libvirt
bind "$cache" /var/cache/libvirt
bind "$run/log" /var/log/libvirt

# libvirt asks QEMU for KVM with root's rights, then finds that its user may not open it, and asks anew before each start.
if [ "$kvm" = no ] && [ -e /dev/kvm ]; then
  : >"$run/no-kvm"
  chmod 600 "$run/no-kvm"
  mount --bind "$run/no-kvm" /dev/kvm
  # The mount keeps it; in the folder it would be of no stack.
  rm "$run/no-kvm"
fi

# Directories that the distribution's package has, and libvirtd takes for granted.
mkdir -p /var/lib/libvirt/dnsmasq /var/log/libvirt/qemu

[ -p "$run/libvirtd.log.pipe" ] || mkfifo -m 600 "$run/libvirtd.log.pipe"
setsid sh "$log" "$run/libvirtd.log.pipe" "$run/libvirtd.log" </dev/null >/dev/null 2>&1 &

# One that runs has the consoles of machines that run.
[ -e "$run/virtlogd.pid" ] || virtlogd --daemon --config "$run/virtlogd.conf" --pid-file "$run/virtlogd.pid"
exec libvirtd --daemon --config "$run/libvirtd.conf" --pid-file "$run/libvirtd.pid"
